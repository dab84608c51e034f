/** The objects of a smoke test, all of them in a namespace of their own. Pure. */

export const namespace = 'coxswain-smoke'

/** Where a pod serves, and the text that it serves. */
export const port = 8080
export const answer = 'coxswain-smoke answers'

/** The line that each pod logs when it starts. */
export const started = 'coxswain-smoke started'

/** In full: the resolver of busybox does not search. */
export const service = `web.${namespace}.svc.cluster.local`

/** Serves one text with the httpd of busybox. */
const server = `mkdir -p /tmp/www && echo '${answer}' >/tmp/www/index.html && echo '${started}' && exec busybox httpd -f -p ${port} -h /tmp/www`

const podOf = (image: string, app: string) => ({
  metadata: { labels: { app } },
  spec: {
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    tolerations: [{ operator: 'Exists' }],
    containers: [
      {
        name: 'busybox',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['busybox', 'sh', '-c', server],
        ports: [{ containerPort: port }],
        readinessProbe: { httpGet: { path: '/', port }, periodSeconds: 1 },
      },
    ],
  },
})

/** A Deployment with a Service of the type NodePort, and a pod on every node that asks it. */
export const objects = (image: string): object => ({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: podOf(image, 'web') },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'probe', namespace },
      spec: { selector: { matchLabels: { app: 'probe' } }, template: podOf(image, 'probe') },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: port }] },
    },
  ],
})

/** The claim of a volume, and the text that is written into it. */
export const claim = 'data'
export const written = 'coxswain-smoke wrote this'

const mounted = '/data'
const file = `${mounted}/coxswain-smoke`
/** What the two pods of a volume run. The reader leaves nothing in it: it can be a volume that is kept. */
export const writer = `echo '${written}' >${file} && sync`
export const reader = `cat ${file} && rm ${file}`

/** A claim of a volume that one node can have at a time, which every class can give. */
export const claimOf = (storageClass: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: claim, namespace },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: storageClass,
    resources: { requests: { storage: '1Mi' } },
  },
})

/** A pod that runs a command once, with the volume. */
export const volumePod = (image: string, name: string, script: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    tolerations: [{ operator: 'Exists' }],
    volumes: [{ name: claim, persistentVolumeClaim: { claimName: claim } }],
    containers: [
      {
        name: 'busybox',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['busybox', 'sh', '-c', script],
        volumeMounts: [{ name: claim, mountPath: mounted }],
      },
    ],
  },
})
