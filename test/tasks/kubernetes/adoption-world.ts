/** A cluster that someone made with kubeadm, for the scripted connection: files and ConfigMaps of a small imitation of kubeadm. */
import type { World } from '../../../engine/testing.ts'
import { partsOf } from '../../../tasks/kubernetes/config/rendered.ts'
import { sharedFiles } from '../../../tasks/kubernetes/kubeadm/certificates.ts'
import { merged, programKinds } from '../../../tasks/kubernetes/config/merge.ts'
import { asYaml, isMap, readYaml } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import type { Document } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import { sentPattern } from '../../support/sent.ts'
import { etcdCluster } from './etcd-world.ts'
import { dryRun, kubeadmFiles } from './reconfigure-world.ts'

/** Of the host of a rehearsal, and of another one. */
export const masters = [
  { name: 'host', address: '10.0.0.1' },
  { name: 'm2', address: '10.0.0.2' },
] as const

const manifests = '/etc/kubernetes/manifests'

const at = (document: unknown, ...path: readonly string[]): Document =>
  path.reduce<Document>(
    (found, key) => {
      const next = found[key]
      return isMap(next) ? next : {}
    },
    isMap(document) ? document : {},
  )

const wordsOf = (list: unknown): string[] =>
  (Array.isArray(list) ? list.filter(isMap) : []).map(
    ({ name, value }) => `--${String(name)}=${String(value)}`,
  )

const pod = (name: string, words: readonly string[]): string =>
  asYaml([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name, image: `registry.k8s.io/${name}:v1.37.2`, command: [name, ...words] }] },
    },
  ])

const kind = (name: keyof typeof programKinds) => ({ apiVersion: programKinds[name], kind: name })

/** What kubeadm writes for a configuration. */
export const filesFor = (configuration: string): Readonly<Record<string, string>> => {
  const { cluster, node, kubelet, kubeProxy } = partsOf(
    readYaml(configuration, 'the configuration').filter(isMap),
  )
  const { advertiseAddress, bindPort = 6443 } = at(node, 'localAPIEndpoint')
  const argumentsOf = (...path: readonly string[]): string[] => wordsOf(at(cluster, ...path)['extraArgs'])
  const { serviceSubnet = '10.96.0.0/12' } = at(cluster, 'networking')
  const flags = wordsOf(at(node, 'nodeRegistration')['kubeletExtraArgs']).join(' ')
  const ofKubelet = { ...kind('KubeletConfiguration'), rotateCertificates: true, cgroupDriver: 'systemd' }
  const ofProxy = { ...kind('KubeProxyConfiguration'), mode: 'iptables', conntrack: { maxPerCore: null } }
  const proxy = merged(ofProxy, kubeProxy)
  return {
    [`${manifests}/etcd.yaml`]: pod('etcd', argumentsOf('etcd', 'local')),
    [`${manifests}/kube-apiserver.yaml`]: pod('kube-apiserver', [
      `--advertise-address=${String(advertiseAddress)}`,
      `--secure-port=${String(bindPort)}`,
      `--service-cluster-ip-range=${String(serviceSubnet)}`,
      ...argumentsOf('apiServer'),
    ]),
    [`${manifests}/kube-controller-manager.yaml`]: pod(
      'kube-controller-manager',
      argumentsOf('controllerManager'),
    ),
    [`${manifests}/kube-scheduler.yaml`]: pod('kube-scheduler', argumentsOf('scheduler')),
    '/var/lib/kubelet/config.yaml': asYaml([merged(ofKubelet, kubelet)]),
    '/var/lib/kubelet/kubeadm-flags.env': `KUBELET_KUBEADM_ARGS="${flags}"\n`,
    'addon kube-proxy': asYaml([
      { kind: 'ConfigMap', data: { 'config.conf': asYaml([proxy]), 'kubeconfig.conf': 'kind: Config\n' } },
    ]),
  }
}

/** What kubeadm adds to the configuration that it keeps. */
const usual: Document = {
  apiServer: {},
  certificatesDir: '/etc/kubernetes/pki',
  clusterName: 'kubernetes',
  etcd: { local: { dataDir: '/var/lib/etcd' } },
  imageRepository: 'registry.k8s.io',
  networking: { dnsDomain: 'cluster.local', serviceSubnet: '10.96.0.0/12' },
}

const objects = [
  'configmap/kubeadm-config',
  'configmap/kubelet-config',
  'daemonset.apps/kube-proxy',
  'deployment.apps/coredns',
]

interface Options {
  /** The documents of kubeadm's configuration. */
  readonly given: readonly Document[]
  /** Files of a host that are not as kubeadm wrote them. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly nodes?: readonly string[]
  readonly members?: readonly string[]
  /** Taints of each node, as `readNodes` gets them. */
  readonly taints?: string
  readonly kubeadm?: string
  readonly daemonSets?: string
  /** ConfigMaps that the cluster does not have. */
  readonly without?: readonly string[]
  /** Objects that `kubeadm init` makes and the cluster does not have. */
  readonly gone?: readonly string[]
  readonly patterns?: World['patterns']
  readonly others?: World['others']
}

/** The world of `host`, with `m2` beside it. */
export const adoptionWorld = ({
  given,
  files = {},
  nodes = masters.map(({ name }) => name),
  members = nodes,
  taints = 'node-role.kubernetes.io/control-plane=:NoSchedule ',
  kubeadm = 'v1.37.2',
  daemonSets = 'kube-flannel\tkube-flannel-ds\t/etc/cni/net.d,\n',
  without = [],
  gone = [],
  patterns = [],
  others = {},
}: Options): World => {
  const { cluster } = partsOf([...given])
  const kept = merged(usual, cluster)
  const worldOf = ({ name, address }: (typeof masters)[number]): World => {
    const own = filesFor(
      asYaml([{ kind: 'InitConfiguration', localAPIEndpoint: { advertiseAddress: address } }, ...given]),
    )
    const { 'addon kube-proxy': printed = '', ...written } = own
    const proxy = at(readYaml(printed, 'kube-proxy')[0], 'data')
    const maps: Readonly<Record<string, Document>> = {
      'kubeadm-config': { ClusterConfiguration: asYaml([kept]) },
      'kubelet-config': { kubelet: written['/var/lib/kubelet/config.yaml'] },
      'kube-proxy': proxy,
    }
    return {
      files: {
        '/etc/kubernetes/admin.conf': 'x',
        '/root/.kube/config': { content: 'x', mode: '0600' },
        ...Object.fromEntries(sharedFiles.map((path) => [path, path])),
        '/proc/swaps': 'Filename\n',
        ...written,
        ...files[name],
      },
      patterns: [
        ...patterns,
        ...etcdCluster(
          members.map((member, index) => ({ name: member, url: `https://10.0.0.${index + 1}:2380` })),
        ).patterns,
        [/^kubeadm version -o short$/, `${kubeadm}\n`],
        [kubeadmFiles, ({ stdin }) => dryRun(filesFor(stdin))],
        ...Object.entries(maps).map(
          ([map, data]) =>
            [
              new RegExp(`^kubectl .* get configmap ${map} `),
              without.includes(map) ? '' : JSON.stringify({ data }),
            ] as const,
        ),
        [
          /^kubectl .*get nodes /,
          nodes
            .map(
              (node, index) =>
                `${node}\tTrue\t\tv1.37.2\tcontainerd://2\t10.0.0.${index + 1} \t${taints}\t{"node-role.kubernetes.io/control-plane":""}\n`,
            )
            .join(''),
        ],
        [
          /^kubectl .* get configmap\/kubeadm-config .* -o name$/,
          objects.filter((one) => !gone.includes(one)).join('\n'),
        ],
        [
          /^kubectl .* get configmap\/cluster-info .* -o name$/,
          gone.includes('configmap/cluster-info') ? '' : 'configmap/cluster-info\n',
        ],
        [/^kubectl .*get daemonsets --all-namespaces /, daemonSets],
        [/^kubectl .* get daemonset kube-flannel-ds /, { code: 1 }],
        [/^kubectl .* get node \S+ --ignore-not-found -o json$/, JSON.stringify({ spec: {} })],
        [/^kubectl .* get node \S+ --ignore-not-found -o /, '10.0.0.9'],
        [sentPattern('tasks/system/accounts/find-account.sh'), 'root:x:0:0:root:/root:/bin/sh\nroot\n'],
      ],
      ...(name === 'host' && { others: { m2: worldOf(masters[1]), ...others } }),
    }
  }
  return worldOf(masters[0])
}
