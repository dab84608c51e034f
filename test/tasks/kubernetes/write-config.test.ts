import * as assert from 'uvu/assert'
import { parse, parseAllDocuments } from 'yaml'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { renderConfig } from '../../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../../tasks/kubernetes/kubeadm/settings.ts'
import type { HostConfig } from '../../../tasks/kubernetes/kubeadm/settings.ts'
import { factsOf } from '../../../tasks/kubernetes/kubeadm/versions.ts'
import { writeConfig } from '../../../tasks/kubernetes/write-config.ts'
import { sent, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('write-config')

const masters = [
  { name: 'test-kube-master001', address: '10.106.222.115' },
  { name: 'test-kube-master002', address: '10.106.223.113' },
  { name: 'test-kube-master003', address: '10.105.187.187' },
]

const configOf = (index: number, change: Record<string, unknown> = {}): HostConfig => {
  const self = masters[index]
  if (self === undefined) throw new Error('no such master')
  const cluster = clusterSchema.parse({
    kubernetesVersion: 'v1.11.3',
    controlPlaneEndpoint: '10.113.228.217:6443',
    podSubnet: '10.244.0.0/16',
    ...change,
  })
  return { cluster, self, members: masters.slice(0, index + 1) }
}

/**
 * The configuration that the manual procedure has for v1.11.3, with its variables filled in. The procedure leaves the name
 * and the address to the host name and the default route; ours are those of the inventory.
 */
const byHand = (index: number): string => {
  const own = masters[index]
  const cluster = masters
    .slice(0, index + 1)
    .map(({ name, address }) => `${name}=https://${address}:2380`)
    .join(',')
  return `
apiVersion: kubeadm.k8s.io/v1alpha2
kind: MasterConfiguration
kubernetesVersion: v1.11.3
apiServerCertSANs:
- "10.113.228.217"
api:
    advertiseAddress: ${own?.address}
    controlPlaneEndpoint: "10.113.228.217:6443"
nodeRegistration:
    name: ${own?.name}
etcd:
  local:
    extraArgs:
      listen-client-urls: "https://127.0.0.1:2379,https://${own?.address}:2379"
      advertise-client-urls: "https://${own?.address}:2379"
      listen-peer-urls: "https://${own?.address}:2380"
      initial-advertise-peer-urls: "https://${own?.address}:2380"
      initial-cluster: "${cluster}"
${index === 0 ? '' : '      initial-cluster-state: existing\n'}    serverCertSANs:
      - ${own?.name}
      - ${own?.address}
    peerCertSANs:
      - ${own?.name}
      - ${own?.address}
networking:
    podSubnet: "10.244.0.0/16"
`
}

for (const index of [0, 1, 2]) {
  test(`v1.11.3: control-plane node ${index + 1} gets the manual configuration`, () => {
    assert.equal(parse(renderConfig(configOf(index))), parse(byHand(index)))
  })
}

const documents = (config: HostConfig): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    parseAllDocuments(renderConfig(config)).map((document) => {
      const value: Record<string, unknown> = document.toJS()
      return [String(value['kind']), value]
    }),
  )

const versions = [
  ['v1.11.3', 'v1alpha2'],
  ['v1.12.0', 'v1alpha3'],
  ['v1.13.5', 'v1beta1'],
  ['v1.20.2', 'v1beta2'],
  ['v1.22.0', 'v1beta3'],
  ['v1.30.4', 'v1beta3'],
  ['v1.31.0', 'v1beta4'],
  ['v1.36.4', 'v1beta4'],
] as const

for (const [kubernetesVersion, wanted] of versions) {
  test(`${kubernetesVersion} reads ${wanted}`, () => {
    assert.is(factsOf(kubernetesVersion).configApi, wanted)
    assert.match(renderConfig(configOf(0, { kubernetesVersion })), `apiVersion: kubeadm.k8s.io/${wanted}\n`)
  })
}

test('versions before 1.11, and text that is not a version, are refused', () => {
  assert.throws(() => factsOf('v1.10.0'), /too old/)
  assert.throws(() => factsOf('latest'), /not a Kubernetes version/)
})

test('v1alpha3 has all arguments of etcd, in two documents', () => {
  const { InitConfiguration, ClusterConfiguration } = documents(configOf(1, { kubernetesVersion: 'v1.12.0' }))
  assert.equal(InitConfiguration?.['apiEndpoint'], { advertiseAddress: '10.106.223.113', bindPort: 6443 })
  assert.match(JSON.stringify(ClusterConfiguration?.['etcd']), 'initial-cluster-state":"existing')
  assert.equal(ClusterConfiguration?.['apiServerCertSANs'], ['10.113.228.217'])
})

test('from 1.13 on, no configuration has arguments of etcd, because every later node would inherit them', () => {
  for (const kubernetesVersion of ['v1.13.0', 'v1.20.2', 'v1.31.0'])
    for (const index of [0, 1]) {
      const { ClusterConfiguration } = documents(configOf(index, { kubernetesVersion }))
      assert.is(ClusterConfiguration?.['etcd'], undefined)
      assert.equal(ClusterConfiguration?.['apiServer'], { certSANs: ['10.113.228.217'] })
    }
})

test('from 1.13 on, the configuration is the same for init and join', () => {
  const config = configOf(1, { kubernetesVersion: 'v1.20.2' })
  assert.is(renderConfig(config), renderConfig({ ...config, members: [config.self] }))
})

test('settings of kubelet and kube-proxy are separate documents, if any are given', () => {
  const given = {
    kubernetesVersion: 'v1.20.2',
    cgroupDriver: 'cgroupfs',
    failSwapOn: false,
    kubeProxyConntrackMaxPerCore: 0,
  }
  const { KubeletConfiguration, KubeProxyConfiguration } = documents(configOf(0, given))
  assert.is(KubeletConfiguration?.['cgroupDriver'], 'cgroupfs')
  assert.is(KubeletConfiguration?.['failSwapOn'], false)
  assert.equal(KubeProxyConfiguration?.['conntrack'], { maxPerCore: 0 })
  assert.equal(Object.keys(documents(configOf(0, { kubernetesVersion: 'v1.20.2' }))), [
    'InitConfiguration',
    'ClusterConfiguration',
  ])
})

test('v1alpha2 contains them', () => {
  const { MasterConfiguration } = documents(
    configOf(0, { cgroupDriver: 'systemd', criSocket: '/run/x.sock', kubeProxyConntrackMaxPerCore: 1 }),
  )
  assert.equal(MasterConfiguration?.['kubeletConfiguration'], { baseConfig: { cgroupDriver: 'systemd' } })
  assert.equal(MasterConfiguration?.['nodeRegistration'], {
    name: masters[0]?.name,
    criSocket: '/run/x.sock',
  })
  assert.equal(MasterConfiguration?.['kubeProxy'], { config: { conntrack: { maxPerCore: 1 } } })
})

const addresses = sent('tasks/network/addresses/own-addresses.sh')
const patterns: World['patterns'] = [
  [sentPattern('tasks/network/addresses/own-addresses.sh'), '10.106.222.115 eth0\n'],
  [/^kubeadm version/, { code: 127 }],
]

test('the file is readable by root only, and written once', async () => {
  const run = await rehearse(writeConfig(configOf(0)), { patterns })
  assert.is(run.outcome, 'changed')
  assert.equal(run.commands, {
    check: [addresses, 'kubeadm version -o short'],
    apply: [],
  })
  const file = run.files.get('/etc/coxswain/kubeadm.yaml')
  assert.is(file?.mode, '0600')
  assert.equal(parse(String(file?.content)), parse(byHand(0)))
})

test('a mode that is too open is corrected', async () => {
  const content = renderConfig(configOf(0))
  const run = await rehearse(writeConfig(configOf(0)), {
    files: { '/etc/coxswain/kubeadm.yaml': { content, mode: '0644' } },
    patterns,
  })
  assert.equal(
    run.changes.map(({ what }) => what),
    ['mode of /etc/coxswain/kubeadm.yaml'],
  )
})

test('an invalid node name, and an endpoint without a port, are refused', () => {
  const { cluster, members } = configOf(0)
  assert.throws(
    () => writeConfig({ cluster, members, self: { name: 'Master_1', address: '10.0.0.1' } }),
    /must have lower-case letters/,
  )
  assert.throws(
    () => writeConfig({ ...configOf(0), cluster: { ...cluster, controlPlaneEndpoint: 'lb' } }),
    /must be host:port/,
  )
})
