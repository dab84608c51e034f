/** A control-plane node whose kubeadm says what it would write, for tests of reconfiguring. */
import type { World } from '../../../engine/testing.ts'
import { programOf } from '../../../tasks/kubernetes/reconfigure/differences.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'
import { etcdCluster } from './etcd-world.ts'

export const version = 'v1.37.2'
export const self = { name: 'm1', address: '10.0.0.1' }
export const cluster = { kubernetesVersion: version, controlPlaneEndpoint: '10.0.0.10:6443' }
export const given = { cluster, self, members: [self] }

const manifests = '/etc/kubernetes/manifests'
export const apiServer = `${manifests}/kube-apiserver.yaml`
export const etcd = `${manifests}/etcd.yaml`
export const kubeletConfig = '/var/lib/kubelet/config.yaml'
const kubeletFlags = '/var/lib/kubelet/kubeadm-flags.env'
export const former = '/etc/coxswain/reconfigure'

interface PodOptions {
  readonly words?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly more?: string
}

/** A manifest as kubeadm writes it. */
export const pod = (name: string, { words = [], env = {}, more = '' }: PodOptions = {}): string => {
  const lines = [name, '--secure-port=1', ...words].map((word) => `    - ${word}\n`).join('')
  const variables = Object.entries(env)
    .map(([key, value]) => `    - name: ${key}\n      value: "${value}"\n`)
    .join('')
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  containers:
  - command:
${lines}${variables === '' ? '' : `    env:\n${variables}`}    image: registry.k8s.io/${name}:${version}
    name: ${name}
${more}status: {}
`
}

const components = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

/** The files of kubeadm. */
export const usual: Readonly<Record<string, string>> = {
  ...Object.fromEntries(components.map((name) => [`${manifests}/${name}.yaml`, pod(name)])),
  [kubeletConfig]: 'kind: KubeletConfiguration\nmaxPods: 110\nsyncFrequency: 0s\n',
  [kubeletFlags]: 'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1 --pod-infra-container-image=x"\n',
}

/** The output of the program that asks kubeadm. */
export const dryRun = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .map(([path, text]) => `=== ${path.replace(/^\/.*\//, '')}\n${text}\n`)
    .join('')

export const kubeadmFiles = sentPattern('tasks/kubernetes/reconfigure/kubeadm-files.sh')
const podsRun = sentPattern('tasks/kubernetes/reconfigure/static-pods-run.sh')

/** The members of etcd on three control-plane nodes. */
const members = () =>
  ['m1', 'm2', 'm3'].map((name, index) => ({ name, url: `https://10.0.0.${index + 1}:2380` }))

interface Options {
  /** Files that kubeadm would write otherwise than they are. */
  readonly wanted?: Readonly<Record<string, string>>
  readonly files?: World['files']
  /** A word with which a program ends after each start. */
  readonly bad?: string
  /** Whether the kubelet ends with a text in its configuration. */
  readonly badKubelet?: string
  /** How many looks at the programs find those from before the change. */
  readonly late?: number
  /** A program that the kubelet does not start again by itself: it takes the change of its manifest for none. */
  readonly unnoticed?: string
  readonly fakes?: Parameters<typeof etcdCluster>[1]
  /** Addresses whose API servers do not answer. */
  readonly silent?: readonly string[]
  readonly kubeadm?: string
  /** Whether the kubelet was started before its files were changed. */
  readonly outdated?: boolean
  readonly patterns?: World['patterns']
}

/** A control-plane node; `log` has what was done to it. */
export const masterWorld = ({
  wanted = {},
  files = {},
  bad = ' never ',
  badKubelet = ' never ',
  late = 0,
  unnoticed = '',
  fakes = {},
  silent = [],
  kubeadm = version,
  outdated = false,
  patterns = [],
}: Options = {}) => {
  const log: string[] = []
  let starts = 1
  const world: World = {
    files: { '/etc/kubernetes/admin.conf': 'x', ...usual, ...files },
    patterns: [
      ...patterns,
      ...etcdCluster(members(), fakes).patterns,
      [/^kubeadm version -o short$/, `${kubeadm}\n`],
      [/^kubeadm config (validate --config|migrate --old-config) \/dev\/stdin$/, 'ok\n'],
      [kubeadmFiles, dryRun({ ...usual, ...wanted })],
      [
        podsRun,
        ({ script }, all) => {
          starts += 1
          return wordsIn(script)
            .replaceAll("'", '')
            .split(' ')
            .slice(1)
            .map((name) => {
              const text = String(all.get(`${manifests}/${name}.yaml`)?.content ?? '')
              const { command, variables } = programOf(text, name)
              if (text.includes(bad)) return `starts ${name} ${starts * 10}\n`
              const process = [
                `process ${name}`,
                ...(starts <= late || (name === unnoticed && !log.includes(`restart ${name}`))
                  ? ['outdated']
                  : []),
                ...command.map((word) => `word ${word}`),
                ...variables.map((one) => `variable ${one}`),
              ]
              return `${process.join('\n')}\nstarts ${name} 1\n`
            })
            .join('')
        },
      ],
      [
        /^systemctl is-active kubelet$/,
        (_, all) => (String(all.get(kubeletConfig)?.content).includes(badKubelet) ? 'failed\n' : 'active\n'),
      ],
      [
        /^systemctl restart kubelet$/,
        () => {
          log.push('restart kubelet')
          return ''
        },
      ],
      [
        sentPattern('tasks/kubernetes/kubeadm/restart-static-pod.sh'),
        ({ script }) => {
          log.push(`restart ${wordsIn(script).split(' ')[2]}`)
          return ''
        },
      ],
      [/^curl .*(readyz|healthz)/, 'ok'],
      [
        sentPattern('tasks/kubernetes/kubeadm/service-outdated.sh'),
        () => ({ code: outdated && !log.includes('restart kubelet') ? 0 : 1 }),
      ],
      [
        sentPattern('tasks/kubernetes/cluster-state/ask-ready.sh'),
        ({ script }) =>
          wordsIn(script)
            .replaceAll("'", '')
            .split(' ')
            .map(
              (url) => `${url}\t${silent.some((one) => url.includes(one)) ? 'silent\trefused' : '200\tok'}\n`,
            )
            .join(''),
      ],
      [
        /^kubectl .* get --raw \S*configmaps\/coxswain-former-kube-proxy$/,
        { code: 1, stderr: 'Error from server (NotFound): it is not found' },
      ],
      [/^kubectl .* get events /, ''],
      [/^date \+%s$/, '1800000000\n'],
      [/^kubectl .*get nodes /, 'm1\tTrue\t\tv1.37.2\tcontainerd://1\t10.0.0.1 \t\t{}\n'],
      [
        sentPattern('tasks/kubernetes/kubeadm/last-errors.sh'),
        'kube-apiserver\tError: unknown flag: --bad\n',
      ],
      [sentPattern('tasks/kubernetes/kubeadm/former-cgroups.sh'), { code: 1 }],
    ],
  }
  return { log, world, looks: () => starts - 1 }
}
