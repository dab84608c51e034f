/** Settings of the programs of a control plane, in the configuration of each kind of release. */
import * as assert from 'uvu/assert'
import { parseAllDocuments } from 'yaml'
import { joinConfig } from '../../../tasks/kubernetes/config/join-config.ts'
import { renderConfig } from '../../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../../tasks/kubernetes/kubeadm/settings.ts'
import { readYaml } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import { suite } from '../../support/spec.ts'

const test = suite('settings in the kubeadm configuration')

const self = { name: 'm1', address: '10.0.0.11' }
const base = { controlPlaneEndpoint: '10.0.0.10:6443' }

const textOf = (kubernetesVersion: string, given: Record<string, unknown>, nodeIp?: string): string => {
  const cluster = clusterSchema.parse({ ...base, kubernetesVersion, ...given })
  return renderConfig({ cluster, self, members: [self], nodeIp })
}

const documentsOf = (...args: Parameters<typeof textOf>): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    parseAllDocuments(textOf(...args)).map((document) => {
      const value: Record<string, unknown> = document.toJS()
      return [String(value['kind']), value]
    }),
  )

const given = {
  apiServer: { extraArgs: { 'audit-log-path': '/var/log/audit.log' } },
  scheduler: { extraArgs: { v: '2' } },
  etcd: { imageTag: '3.6.99-0', quotaBackendBytes: 8_589_934_592, extraArgs: { 'snapshot-count': '5000' } },
  kubeletExtraArgs: { v: '3' },
  featureGates: { FutureGate: true },
  taints: [],
  kubelet: { maxPods: 50, cpuManagerPolicy: 'static' },
  kubeProxy: { mode: 'ipvs' },
}

test('up to v1beta3, arguments are maps', () => {
  const { InitConfiguration, ClusterConfiguration, KubeletConfiguration, KubeProxyConfiguration } =
    documentsOf('v1.30.4', given, '10.0.0.11')
  assert.equal(InitConfiguration?.['nodeRegistration'], {
    name: 'm1',
    kubeletExtraArgs: { 'node-ip': '10.0.0.11', v: '3' },
    taints: [],
  })
  assert.equal(ClusterConfiguration?.['apiServer'], {
    certSANs: ['10.0.0.10'],
    extraArgs: { 'audit-log-path': '/var/log/audit.log' },
  })
  assert.is(ClusterConfiguration?.['controllerManager'], undefined)
  assert.equal(ClusterConfiguration?.['etcd'], {
    local: {
      imageTag: '3.6.99-0',
      extraArgs: { 'quota-backend-bytes': '8589934592', 'snapshot-count': '5000' },
    },
  })
  assert.equal(ClusterConfiguration?.['featureGates'], { FutureGate: true })
  assert.is(KubeletConfiguration?.['cpuManagerPolicy'], 'static')
  assert.is(KubeProxyConfiguration?.['mode'], 'ipvs')
})

test('in v1beta4, they are lists, also of several values, with environment variables', () => {
  const { InitConfiguration, ClusterConfiguration, KubeletConfiguration } = documentsOf('v1.37.2', {
    ...given,
    apiServer: {
      extraArgs: { 'service-account-issuer': ['https://a', 'https://b'] },
      extraEnvs: { GOGC: '50' },
    },
    kubelet: { failCgroupV1: false },
    timeouts: { kubeletHealthCheck: 90 },
    certificateValidityPeriod: '8760h',
    encryptionAlgorithm: 'ECDSA-P256',
    dns: { disabled: true },
    imagePullSerial: false,
    patches: '/etc/coxswain/patches',
    taints: [{ key: 'masters', effect: 'NoSchedule' }],
  })
  assert.equal(ClusterConfiguration?.['apiServer'], {
    certSANs: ['10.0.0.10'],
    extraArgs: [
      { name: 'service-account-issuer', value: 'https://a' },
      { name: 'service-account-issuer', value: 'https://b' },
    ],
    extraEnvs: [{ name: 'GOGC', value: '50' }],
  })
  assert.equal(ClusterConfiguration?.['dns'], { disabled: true })
  assert.is(ClusterConfiguration?.['certificateValidityPeriod'], '8760h')
  assert.is(ClusterConfiguration?.['encryptionAlgorithm'], 'ECDSA-P256')
  assert.equal(InitConfiguration?.['timeouts'], { kubeletHealthCheck: '90s' })
  assert.equal(InitConfiguration?.['patches'], { directory: '/etc/coxswain/patches' })
  assert.equal(InitConfiguration?.['nodeRegistration'], {
    name: 'm1',
    kubeletExtraArgs: [{ name: 'v', value: '3' }],
    taints: [{ key: 'masters', effect: 'NoSchedule' }],
    imagePullSerial: false,
  })
  assert.is(KubeletConfiguration?.['failCgroupV1'], false)
})

test('files of the host in the containers of programs', () => {
  const volume = {
    name: 'audit',
    hostPath: '/etc/audit.yaml',
    mountPath: '/etc/audit.yaml',
    pathType: 'File',
  }
  const { ClusterConfiguration } = documentsOf('v1.37.2', { apiServer: { extraVolumes: [volume] } })
  assert.equal(ClusterConfiguration?.['apiServer'], {
    certSANs: ['10.0.0.10'],
    extraVolumes: [
      {
        name: 'audit',
        hostPath: '/etc/audit.yaml',
        mountPath: '/etc/audit.yaml',
        readOnly: true,
        pathType: 'File',
      },
    ],
  })
})

test('v1alpha2 has them in fields of its own, and etcd keeps its addresses', () => {
  const { MasterConfiguration } = documentsOf('v1.11.3', {
    ...given,
    etcd: { extraArgs: { 'snapshot-count': '5000' } },
  })
  assert.equal(MasterConfiguration?.['apiServerExtraArgs'], { 'audit-log-path': '/var/log/audit.log' })
  assert.match(JSON.stringify(MasterConfiguration?.['etcd']), '"snapshot-count":"5000"')
  assert.match(JSON.stringify(MasterConfiguration?.['etcd']), '"initial-cluster":"m1=https://10.0.0.11:2380"')
})

test('without settings, no field is written', () => {
  assert.equal(Object.keys(documentsOf('v1.36.0', {})), [
    'InitConfiguration',
    'ClusterConfiguration',
    'KubeProxyConfiguration',
  ])
  assert.not.match(textOf('v1.36.0', {}), /null|etcd|extra/)
})

for (const [version, setting, message] of [
  ['v1.30.4', { kubelet: { failCgroupV1: false } }, /does not know kubelet\.failCgroupV1 \(from v1\.31 on\)/],
  ['v1.30.4', { scheduler: { extraEnvs: { A: 'b' } } }, /does not know extraEnvs \(from v1\.31 on\)/],
  [
    'v1.12.0',
    { apiServer: { extraVolumes: [{ name: 'a', hostPath: '/a', mountPath: '/a' }] } },
    /extraVolumes \(from v1\.13 on\)/,
  ],
  ['v1.12.0', { dns: { imageTag: '1' } }, /an image of CoreDNS \(from v1\.13 on\)/],
  ['v1.21.0', { patches: '/etc/patches' }, /does not know patches \(from v1\.22 on\)/],
  ['v1.30.4', { kubeProxy: { mode: 'nftables' } }, /nftables \(from v1\.31 on\)/],
  ['v1.30.4', { apiServer: { extraArgs: { a: ['1', '2'] } } }, /several values of an argument/],
  [
    'v1.35.0',
    { kubeletExtraArgs: { 'pod-infra-container-image': 'x' } },
    /--pod-infra-container-image of the kubelet \(no longer from v1\.35 on\)/,
  ],
  [
    'v1.37.0',
    { etcd: { extraArgs: { 'experimental-x': '1' } } },
    /--experimental-x of etcd \(no longer from 3\.7 on\)/,
  ],
  [
    'v1.25.0',
    { apiServer: { extraArgs: { 'insecure-port': '0' } } },
    /--insecure-port of the API server \(no longer from v1\.24 on\)/,
  ],
  [
    'v1.27.0',
    { controllerManager: { extraArgs: { pod_eviction_timeout: '5m' } } },
    /--pod_eviction_timeout of the controller manager \(no longer from v1\.27 on\)/,
  ],
] as const) {
  test(`${version} refuses ${JSON.stringify(setting)}, which it does not know`, () => {
    assert.throws(() => clusterSchema.parse({ ...base, kubernetesVersion: version, ...setting }), message)
  })
}

test('fields of kube-proxy do not replace the limit of connections', () => {
  const { KubeProxyConfiguration } = documentsOf('v1.36.0', {
    kubeProxyConntrackMaxPerCore: 0,
    kubeProxy: { conntrack: { min: 1 } },
  })
  assert.equal(KubeProxyConfiguration?.['conntrack'], { maxPerCore: 0, min: 1 })
  assert.is(KubeProxyConfiguration?.['mode'], 'iptables')
})

test('the configuration of the kubelet is added where there is none, and documents that kubeadm ignores are refused', () => {
  const merge = [{ kind: 'KubeletConfiguration', registryPullQPS: 10 }]
  assert.throws(
    () => textOf('v1.11.3', { merge }),
    /no KubeletConfiguration to merge with: it has MasterConfiguration/,
  )
  const document =
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nregistryPullQPS: 10'
  assert.match(textOf('v1.36.0', { merge }), document)
  assert.match(
    textOf('v1.36.0', { merge: [{ ...merge[0], apiVersion: 'kubelet.config.k8s.io/v1beta1' }] }),
    document,
  )
  assert.throws(
    () => textOf('v1.36.0', { merge: [{ apiVersion: 'example.org/v1', kind: 'Other', value: 1 }] }),
    /no Other to merge with/,
  )
})

test('documents are merged by kind', () => {
  const { ClusterConfiguration } = documentsOf('v1.36.0', {
    merge: [
      {
        kind: 'ClusterConfiguration',
        networking: { dnsDomain: 'example.org' },
        apiServer: { certSANs: ['a'] },
      },
    ],
  })
  assert.equal(ClusterConfiguration?.['networking'], { podSubnet: '10.244.0.0/16', dnsDomain: 'example.org' })
  assert.equal(ClusterConfiguration?.['apiServer'], { certSANs: ['a'] })
})

test('a joining node has what its configuration says about nodes', () => {
  const node = { name: 'm2', address: '10.0.0.12', port: 6443, version: 'v1.37.2' }
  const discovery = { endpoint: '10.0.0.10:6443', token: 'a.b', caCertHashes: ['sha256:00'] }
  const text = textOf('v1.37.2', { taints: [], patches: '/p', criSocket: '/run/x.sock' }, '10.0.0.12')
  const [joining] = readYaml(joinConfig(node, discovery, readYaml(text, 'test')), 'test')
  assert.equal(joining, {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: { apiServerEndpoint: '10.0.0.10:6443', token: 'a.b', caCertHashes: ['sha256:00'] },
    },
    controlPlane: { localAPIEndpoint: { advertiseAddress: '10.0.0.12', bindPort: 6443 } },
    nodeRegistration: {
      name: 'm2',
      criSocket: '/run/x.sock',
      kubeletExtraArgs: [{ name: 'node-ip', value: '10.0.0.12' }],
      taints: [],
    },
    patches: { directory: '/p' },
  })
  // in the version of the file, as its fields are of that version
  const older = readYaml(textOf('v1.30.4', { taints: [], kubeletExtraArgs: { v: '1' } }), 'test')
  const [kept] = readYaml(joinConfig({ ...node, version: 'v1.31.2' }, discovery, older), 'test')
  assert.match(JSON.stringify(kept), /v1beta3.*"kubeletExtraArgs":\{"v":"1"\}/)
  assert.throws(
    () => joinConfig({ ...node, version: 'v1.37.0' }, discovery, older),
    /v1beta3, which Kubernetes v1\.37\.0 does not read/,
  )
  const empty = readYaml(
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nnodeRegistration:\npatches: { directory: /p }\n',
    'test',
  )
  assert.match(
    JSON.stringify(readYaml(joinConfig(node, discovery, empty), 'test')),
    '"patches":{"directory":"/p"}',
  )
  // without a file, it has what the task is given
  const [bare] = readYaml(joinConfig(node, discovery, []), 'test')
  assert.match(JSON.stringify(bare), '"nodeRegistration":{"name":"m2"}')
})
