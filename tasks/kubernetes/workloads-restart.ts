import { defineTask, driftUnlessEmpty, drift, duration, ok, portNumber, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { eventually } from '../shared/eventually.ts'
import { kubectl, ownServer } from './kubeadm/kubectl.ts'
import { adminConf, newAuthority } from './kubeadm/paths.ts'
import { certificatesIn, isAt, shortFingerprint } from './rotation/bundle.ts'
import { rotationOf } from './rotation/rotation.ts'
import type { Rotation } from './rotation/rotation.ts'

/** The annotation of pods that were started after the new authority was published. */
export const authorityAnnotation = 'coxswain/authority'

/** A workload whose pods are replaced one after the other. */
interface Workload {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** The new authority that its pods have. */
  readonly authority: string
  /** Whether all its pods are of its present template. Pods of one with `OnDelete`, or that is paused, are not replaced by Kubernetes. */
  readonly replaced: boolean
}

const fields = [
  '.kind',
  '.metadata.namespace',
  '.metadata.name',
  `.spec.template.metadata.annotations.${authorityAnnotation}`,
  '.spec.updateStrategy.type',
  '.spec.paused',
  '.metadata.generation',
  '.status.observedGeneration',
  // of a DaemonSet; the others have those after them
  '.status.desiredNumberScheduled',
  '.status.updatedNumberScheduled',
  '.spec.replicas',
  '.status.updatedReplicas',
  '.status.replicas',
]
const path = `jsonpath={range .items[*]}${fields.map((field) => `{${field}}`).join('{"\\t"}')}{"\\n"}{end}`

const workloadIn = (line: string): Workload => {
  const [kind = '', namespace = '', name = '', authority = '', strategy, paused, ...numbers] =
    line.split('\t')
  const [made = 0, seen = 0, scheduled = 0, updatedThere = 0, wanted = 0, updated = 0, there = 0] =
    numbers.map(Number)
  const isNew = kind === 'DaemonSet' ? updatedThere >= scheduled : updated >= wanted && there <= updated
  const isLeft = strategy === 'OnDelete' || paused === 'true'
  return { kind: kind.toLowerCase(), namespace, name, authority, replaced: isLeft || (seen >= made && isNew) }
}

const list = async (
  ctx: CheckContext,
  server: string,
  namespaces: readonly string[],
): Promise<Workload[]> => {
  const kinds = 'deployments,daemonsets,statefulsets'
  const text = await kubectl(ctx, ['get', kinds, '--all-namespaces', '-o', path], server).text()
  return text
    .split('\n')
    .filter(Boolean)
    .map(workloadIn)
    .filter(({ namespace }) => namespaces.length === 0 || namespaces.includes(namespace))
}

const shown = ({ kind, namespace, name }: Workload): string => `${kind} ${namespace}/${name}`

/** Waits until pods that start get the new authority, which the controller manager publishes in each namespace. */
const waitUntilPublished = (ctx: ApplyContext, server: string, { next }: Rotation): Promise<void> =>
  eventually(
    ctx,
    async () => {
      const words = ['-n', 'kube-system', 'get', 'configmap', 'kube-root-ca.crt', '--ignore-not-found', '-o']
      const text = await kubectl(ctx, [...words, String.raw`jsonpath={.data.ca\.crt}`], server).text()
      // before v1.20, pods get it with their tokens
      const there =
        text === '' ||
        certificatesIn(text).some(({ fingerprint256 }) => fingerprint256 === next.fingerprint256)
      return there ? [] : ['the ConfigMap kube-root-ca.crt does not have the new authority yet']
    },
    {
      seconds: 120,
      hint: 'check the controller managers: /var/log/pods/kube-system_kube-controller-manager-*',
    },
  )

/** Restarts the pods of workloads after a new authority was published, because most programs read it only when they start. */
export const workloadsRestart = defineTask({
  name: 'workloads-restart',
  description:
    'Replaces the pods of Deployments, DaemonSets and StatefulSets in a rolling way while a new authority of the cluster is trusted and does not sign yet: most programs read it only when they start.',
  reads: 'the workloads and their annotations, by kubectl, and the replacement in /etc/coxswain/rotate-ca',
  example: { address: '10.0.0.11', namespaces: ['kube-system'] },
  params: () =>
    z.object({
      namespaces: z
        .array(z.string())
        .default([])
        .describe('the namespaces whose pods are replaced; by default all'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
      timeout: duration().default(600).describe('seconds to wait for each workload'),
    }),
  title: () => 'pods know the new authority of the cluster',

  async check(ctx, { namespaces, address, port }) {
    const [workloads, rotation] = await Promise.all([
      list(ctx, ownServer(address, port), namespaces),
      rotationOf(ctx, 'cluster'),
    ])
    if (ctx.predicted(newAuthority('cluster')))
      return drift({ what: `pods of ${counted(workloads.length, 'workload')}`, to: 'replaced' })
    // where it signs, they were replaced, or do not need to be
    if (rotation === undefined || isAt(rotation.stage, 'new first')) return ok()
    const wanted = shortFingerprint(rotation.next)
    return driftUnlessEmpty(
      workloads
        .filter(({ authority, replaced }) => authority !== wanted || !replaced)
        .map((one) => ({ what: `pods of ${shown(one)}`, to: 'replaced' })),
    )
  },

  async apply(ctx, { namespaces, address, port, timeout }) {
    const { remote, log } = ctx
    const server = ownServer(address, port)
    const rotation = await rotationOf(ctx, 'cluster')
    if (rotation === undefined) return
    await waitUntilPublished(ctx, server, rotation)
    const wanted = shortFingerprint(rotation.next)
    const open = async () =>
      (await list(ctx, server, namespaces)).filter(
        ({ authority, replaced }) => authority !== wanted || !replaced,
      )
    for (const one of await open()) {
      log(`replacing the pods of ${shown(one)}`)
      const template = { metadata: { annotations: { [authorityAnnotation]: wanted } } }
      const patch = JSON.stringify({ spec: { template } })
      await remote.run({
        timeout: 40,
      })`kubectl --kubeconfig ${adminConf} --request-timeout=15s --server ${server} -n ${one.namespace} patch ${one.kind} ${one.name} -p ${patch}`
      const isOpen = async (): Promise<string[]> =>
        (await open()).some((other) => shown(other) === shown(one))
          ? [`the pods of ${shown(one)} are not replaced`]
          : []
      await eventually(ctx, isOpen, {
        seconds: timeout,
        every: 2,
        hint: 'repair that workload, and run again; rotate_ca_namespaces says where pods are replaced',
      })
    }
  },
})
