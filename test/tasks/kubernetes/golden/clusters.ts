/** The clusters whose configuration is kept for each minor release. */
import { joinConfig } from '../../../../tasks/kubernetes/config/join-config.ts'
import { workerConfig } from '../../../../tasks/kubernetes/config/worker-config.ts'
import { renderConfig } from '../../../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import type { Cluster } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import { factsOf } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { readYaml } from '../../../../tasks/kubernetes/kubeadm/yaml.ts'

const masters = ['m1', 'm2', 'm3'].map((name, index) => ({ name, address: `192.0.2.${11 + index}` }))

const plain = {
  controlPlaneEndpoint: '192.0.2.10:6443',
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.96.0.0/12',
  criSocket: 'unix:///run/containerd/containerd.sock',
}

/** Settings by the minor release that knows them first; unknown-settings.ts refuses them before. */
const since: Readonly<Record<number, Record<string, unknown>>> = {
  11: {
    ...plain,
    certSANs: ['api.example.test'],
    bindPort: 7443,
    imageRepository: 'registry.example.test/k8s',
    cgroupDriver: 'systemd',
    failSwapOn: false,
    kubeProxyConntrackMaxPerCore: 0,
    apiServer: { extraArgs: { 'audit-log-path': '/var/log/audit.log' } },
    controllerManager: { extraArgs: { 'node-cidr-mask-size': '25' } },
    scheduler: { extraArgs: { v: '2' } },
    etcd: { quotaBackendBytes: 8_589_934_592, extraArgs: { 'snapshot-count': '5000' } },
    kubelet: { maxPods: 50 },
    kubeletExtraArgs: { v: '3' },
    kubeProxy: { mode: 'ipvs' },
    taints: [{ key: 'dedicated', value: 'masters', effect: 'NoSchedule' }],
  },
  // v1alpha2 has the settings of the kubelet in its own document
  12: { merge: [{ kind: 'KubeletConfiguration', registryPullQPS: 10 }] },
  22: { patches: '/etc/kubernetes/patches', imagePullPolicy: 'IfNotPresent' },
  31: {
    apiServer: {
      extraArgs: { 'service-account-issuer': ['https://a.example.test', 'https://b.example.test'] },
      extraEnvs: { GOGC: '50' },
    },
    imagePullSerial: false,
    timeouts: { kubeletHealthCheck: 90 },
    certificateValidityPeriod: '8760h',
    caCertificateValidityPeriod: '87600h',
    encryptionAlgorithm: 'ECDSA-P256',
    dns: { disabled: true },
    proxy: { disabled: true },
    kubelet: { maxPods: 50, failCgroupV1: false },
    kubeProxy: { mode: 'nftables' },
  },
}

/** A discovery token that is valid in form only. */
const discovery = {
  endpoint: plain.controlPlaneEndpoint,
  token: 'abcdef.0123456789abcdef',
  caCertHashes: [`sha256:${'0'.repeat(64)}`],
}

/** The configuration of a master, and with `joins` that of `kubeadm join`. */
const configsOf = (cluster: Cluster, index: number, nodeIp?: string) => {
  const members = masters.slice(0, index + 1)
  const self = masters[index] ?? { name: '', address: '' }
  const config = renderConfig({ cluster, self, members, nodeIp })
  const version = cluster.kubernetesVersion
  const joins = factsOf(version).joinsControlPlanes
    ? joinConfig({ ...self, version, port: cluster.bindPort }, discovery, readYaml(config, self.name))
    : undefined
  return { name: self.name, config, joins }
}

/** The configuration with which a worker joins. */
const workerOf = (cluster: Cluster): Configuration[] => {
  const { kubernetesVersion: version } = cluster
  if (!factsOf(version).joinsControlPlanes) return []
  const worker = { self: { name: 'w1' }, nodeIp: '192.0.2.51', version, cluster }
  return [{ name: 'all settings, w1 joins', text: workerConfig(worker, discovery) }]
}

/** A file of configuration, by a name that says what it is. */
export interface Configuration {
  readonly name: string
  readonly text: string
}

/** Three masters of a cluster with few settings, and the first of one with every setting that the release knows. */
export const configurations = (minor: number): Configuration[] => {
  const kubernetesVersion = `v1.${minor}.0`
  const few = clusterSchema.parse({ ...plain, kubernetesVersion })
  const known = Object.entries(since).flatMap(([first, settings]) =>
    Number(first) <= minor ? [settings] : [],
  )
  const all = clusterSchema.parse(Object.assign({ kubernetesVersion }, ...known))
  const ofMasters = [
    ...masters.map((_, index) => ({ set: 'few settings', ...configsOf(few, index) })),
    { set: 'all settings', ...configsOf(all, 1, '192.0.2.12') },
  ].flatMap(({ set, name, config, joins }) => [
    { name: `${set}, ${name}`, text: config },
    ...(joins === undefined || name === 'm1' ? [] : [{ name: `${set}, ${name} joins`, text: joins }]),
  ])
  return [...ofMasters, ...workerOf(all)]
}

/** The configurations of a release as one text. */
export const goldenText = (minor: number): string =>
  configurations(minor)
    .map(({ name, text }) => `# ${name}\n---\n${text}`)
    .join('\n')
