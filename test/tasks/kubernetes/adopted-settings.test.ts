import * as assert from 'uvu/assert'
import { isCoxswainError, z } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { adoptedSettings } from '../../../tasks/kubernetes/adopted-settings.ts'
import type { Document } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { adoptionWorld, filesFor, masters } from './adoption-world.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('adopted-settings')

const apiVersion = 'kubeadm.k8s.io/v1beta4'
const cluster = {
  apiVersion,
  kind: 'ClusterConfiguration',
  kubernetesVersion: 'v1.37.2',
  controlPlaneEndpoint: 'api.example.test:6443',
  networking: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.112.0.0/16', dnsDomain: 'hand.example' },
  apiServer: { certSANs: ['more.example.test'], extraArgs: [{ name: 'profiling', value: 'false' }] },
  etcd: { local: { extraArgs: [{ name: 'quota-backend-bytes', value: '4294967296' }] } },
}
const given: readonly Document[] = [
  cluster,
  { kind: 'KubeletConfiguration', cgroupDriver: 'cgroupfs', failSwapOn: false, maxPods: 60 },
  { kind: 'KubeProxyConfiguration', metricsBindAddress: '0.0.0.0', conntrack: { maxPerCore: 0 } },
]
const expected = {
  kubernetesVersion: 'v1.37.2',
  controlPlaneEndpoint: 'api.example.test:6443',
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.112.0.0/16',
  certSANs: ['more.example.test'],
  cgroupDriver: 'cgroupfs',
  failSwapOn: false,
  kubeProxyConntrackMaxPerCore: 0,
  apiServer: { extraArgs: { profiling: 'false' } },
  etcd: { quotaBackendBytes: 4_294_967_296 },
  kubelet: { maxPods: 60 },
  kubeProxy: { metricsBindAddress: '0.0.0.0' },
  merge: [{ kind: 'ClusterConfiguration', networking: { dnsDomain: 'hand.example' } }],
}

const valueSchema = z.object({
  cluster: z.record(z.string(), z.unknown()),
  containerService: z.string().optional(),
  swap: z.boolean(),
  rootHasKubeconfig: z.boolean(),
  hosts: z.array(z.record(z.string(), z.string())),
  networks: z.array(z.string()),
  findings: z.array(
    z.object({ severity: z.string(), subject: z.string(), what: z.string(), cure: z.string() }),
  ),
})

type Params = Parameters<typeof adoptedSettings>[0]
const usual: Params = { masters: [...masters] }

/** What the task reads; it must not change anything. */
const read = async (world: World, params: Params = usual) => {
  const run = await rehearse(adoptedSettings(params), world)
  assert.is(run.outcome, 'ok', `${String(run.error)} ${JSON.stringify(run.error)}`)
  assert.equal(run.commands.apply, [])
  return valueSchema.parse(await valueOf(adoptedSettings(params), world))
}
const findingsOf = async (world: World, params: Params = usual): Promise<string[]> =>
  (await read(world, params)).findings.map(
    ({ severity, subject, what }) => `${severity}: ${subject}: ${what}`,
  )
const refusalOf = async (world: World, params: Params = usual): Promise<unknown> => {
  const run = await rehearse(adoptedSettings(params), world)
  assert.is(run.outcome, 'failed')
  return run.error
}

test('the settings of a cluster that a script made are read, and nothing is found', async () => {
  const value = await read(adoptionWorld({ given }))
  assert.equal(value, {
    cluster: expected,
    containerService: undefined,
    swap: false,
    rootHasKubeconfig: true,
    hosts: [{ name: 'host' }, { name: 'm2' }],
    networks: ['flannel (DaemonSet kube-flannel/kube-flannel-ds)'],
    findings: [],
  })
})

test('addons that are not there, swap, a kubeconfig that root lacks, and taints of their own', async () => {
  const value = await read(
    adoptionWorld({
      given,
      gone: ['deployment.apps/coredns', 'daemonset.apps/kube-proxy'],
      taints: '',
      daemonSets: '',
      files: { m2: { '/proc/swaps': 'Filename\n/swapfile\n', '/root/.kube/config': 'other' } },
    }),
  )
  assert.equal(value.cluster['skipPhases'], ['addon/coredns', 'addon/kube-proxy'])
  assert.equal(value.cluster['taints'], [])
  assert.equal([value.swap, value.rootHasKubeconfig, value.networks], [true, false, []])
  assert.equal(value.findings, [])
})

test('an argument that one master has alone is found; one that all have is a setting that kubeadm-config lacks', async () => {
  const path = '/etc/kubernetes/manifests/kube-apiserver.yaml'
  const withV = ({ address }: (typeof masters)[number]): Record<string, string> => {
    const text = filesFor(
      JSON.stringify({ kind: 'InitConfiguration', localAPIEndpoint: { advertiseAddress: address } }),
    )
    const words = ['- --service-cluster-ip-range=10.112.0.0/16', '- --profiling=false', '- --v=4']
    return {
      [path]: (text[path] ?? '').replace(
        '- --service-cluster-ip-range=10.96.0.0/12',
        words.join('\n        '),
      ),
    }
  }
  const one = adoptionWorld({ given, files: { m2: withV(masters[1]) } })
  assert.equal(await findingsOf(one), ['fault: m2: argument v of kube-apiserver: 4 → not set'])
  const all = adoptionWorld({ given, files: { host: withV(masters[0]), m2: withV(masters[1]) } })
  const value = await read(all)
  assert.equal(value.cluster['apiServer'], { extraArgs: { profiling: 'false', v: '4' } })
  assert.equal(
    value.findings.map(({ what, cure }) => `${what}: ${cure}`),
    [
      'kubeadm-config has another value: apiServer.extraArgs.v: not set → 4: to apply it, run playbooks/reconfigure.ts',
    ],
  )
})

test('an endpoint without a port is the one with the port of API servers, and one that is not there is a finding', async () => {
  const short = await read(
    adoptionWorld({ given: [{ ...cluster, controlPlaneEndpoint: 'api.example.test' }] }),
  )
  assert.is(short.cluster['controlPlaneEndpoint'], 'api.example.test:6443')
  assert.equal(short.findings, [])
  const { controlPlaneEndpoint: _, ...without } = cluster
  const { findings } = await read(adoptionWorld({ given: [without] }))
  assert.equal(
    findings.map(({ what }) => what),
    ['kubeadm-config has another value: control_plane_endpoint: not set → 10.0.0.1:6443'],
  )
  assert.match(findings[0]?.cure ?? '', 'set controlPlaneEndpoint in the ConfigMap kubeadm-config by hand')
})

test('a kubelet that differs from the others is found by its field', async () => {
  const file = {
    '/var/lib/kubelet/config.yaml': (
      filesFor(JSON.stringify(given[1]))['/var/lib/kubelet/config.yaml'] ?? ''
    ).replace('60', '99'),
  }
  assert.equal(await findingsOf(adoptionWorld({ given, files: { m2: file } })), [
    'fault: m2: maxPods of the kubelet: 99 → 60',
  ])
})

test('an address that the inventory does not have, and a --node-ip of another network, are settings of the host', async () => {
  const world = adoptionWorld({
    given,
    files: { m2: { '/var/lib/kubelet/kubeadm-flags.env': 'KUBELET_KUBEADM_ARGS="--node-ip=10.9.0.2"\n' } },
  })
  const value = await read(world, {
    masters: [
      { name: 'host', address: '10.0.0.1' },
      { name: 'm2', address: '192.0.2.2' },
    ],
  })
  assert.equal(value.hosts, [
    { name: 'host' },
    { name: 'm2', advertiseAddress: '10.0.0.2', nodeIp: '10.9.0.2' },
  ])
  assert.equal(value.findings, [])
})

test('files of the masters that no playbook writes, values that can be secret, and arguments elsewhere are named', async () => {
  const program = {
    extraArgs: [
      { name: 'encryption-provider-config', value: '/etc/kubernetes/enc/enc.yaml' },
      { name: 'audit-policy-file', value: '/etc/audit/policy.yaml' },
    ],
    extraEnvs: [{ name: 'HTTPS_PROXY', value: 'http://u:geheim@proxy' }],
    extraVolumes: [
      { name: 'enc', hostPath: '/etc/kubernetes/enc', mountPath: '/etc/kubernetes/enc', readOnly: true },
      { name: 'audit', hostPath: '/etc/audit', mountPath: '/etc/audit' },
    ],
  }
  const value = await read(
    adoptionWorld({
      given: [{ ...cluster, apiServer: program }],
      files: {
        m2: { '/etc/default/kubelet': 'KUBELET_EXTRA_ARGS=--v=4\n' },
        host: {},
      },
      others: {},
    }),
  )
  assert.equal(
    value.findings.map(({ severity, what }) => `${severity}: ${what}`),
    [
      'warning: /etc/default/kubelet has arguments for the kubelet, which a new master does not get',
      'warning: its Secrets are encrypted at rest with the keys in /etc/kubernetes/enc/enc.yaml on the masters, which the inventory does not have',
      'warning: api_server reads /etc/audit of each master, which no playbook writes',
      'warning: api_server.extraEnvs.HTTPS_PROXY can be secret, and is written down as it is',
    ],
  )
})

test('nodes and members that the inventory lacks, and hosts that are not of the cluster, are found', async () => {
  const world = adoptionWorld({
    given,
    nodes: ['host', 'm2', 'm3'],
    members: ['host', 'm2', 'gone'],
    others: { new: {} },
  })
  const found = await findingsOf(world, { masters: [...masters, { name: 'new', address: '10.0.0.7' }] })
  assert.equal(found, [
    'warning: new: it is not a control-plane node of the cluster, and ha-masters would make it one',
    'fault: m3: it is a control-plane node of the cluster that the group masters does not have',
    'fault: gone: it is a member of etcd, and neither a node of the cluster nor in the group masters',
  ])
  const other = await findingsOf(adoptionWorld({ given, nodes: ['host'] }))
  assert.equal(other, ['fault: m2: it is a control-plane node, and not a node of this cluster'])
})

test('load balancers whose configuration would be replaced are named', async () => {
  const world = adoptionWorld({
    given,
    others: {
      lb1: { files: { '/etc/haproxy/haproxy.cfg': 'global\n' } },
      lb2: { files: { '/etc/haproxy/haproxy.cfg': '# written by coxswain (load-balancer); changes\n' } },
      lb3: {},
    },
  })
  assert.equal(await findingsOf(world, { ...usual, loadBalancers: ['lb1', 'lb2', 'lb3'] }), [
    'warning: lb1: it has a configuration of haproxy that ha-masters replaces',
    'warning: lb3: it does not have haproxy, which ha-masters installs',
  ])
})

test('files that all masters share, and one lacks or has otherwise, are found: ha-masters would copy them', async () => {
  const world = adoptionWorld({ given, files: { m2: { '/etc/kubernetes/pki/sa.key': 'another' } } })
  const { '/etc/kubernetes/pki/ca.key': _, ...files } = world.files ?? {}
  assert.equal(await findingsOf({ ...world, files }), [
    'fault: cluster: /etc/kubernetes/pki/ca.key is only on m2',
    'fault: cluster: /etc/kubernetes/pki/sa.key is not the same on all masters',
  ])
})

test('a control-plane node that cannot be read is refused: the settings of the others are not those of all', async () => {
  const world = adoptionWorld({ given })
  const { '/etc/kubernetes/admin.conf': _, ...files } = world.others?.['m2']?.files ?? {}
  const error = await refusalOf({ ...world, others: { m2: { ...world.others?.['m2'], files } } })
  assert.match(String(error), 'm2 cannot be read')
  assert.match(hintOf(error), 'kubeadm init phase kubeconfig admin')
})

test('cluster-info that is not there is found: ha-masters makes it', async () => {
  const [found = ''] = await findingsOf(adoptionWorld({ given, gone: ['configmap/cluster-info'] }))
  assert.match(found, 'cluster-info of kube-public is not there')
})

for (const [title, world, message, hint] of [
  [
    'an external etcd',
    adoptionWorld({ given: [{ ...cluster, etcd: { external: { endpoints: ['https://10.0.0.9:2379'] } } }] }),
    'external etcd',
    'keep this cluster with what made it',
  ],
  [
    'etcd with another folder in kubeadm-config',
    adoptionWorld({ given: [{ ...cluster, etcd: { local: { dataDir: '/data/etcd' } } }] }),
    'etcd has its data in /data/etcd',
    'mount the disk',
  ],
  [
    'etcd with another folder in a manifest',
    adoptionWorld({
      given,
      files: {
        m2: {
          '/etc/kubernetes/manifests/etcd.yaml':
            'spec: {containers: [{command: [etcd, --data-dir=/var/lib/etcd, --wal-dir=/data/wal]}]}',
        },
      },
    }),
    'etcd has its data in /data/wal on m2',
    'mount the disk',
  ],
  [
    'certificates elsewhere',
    adoptionWorld({ given: [{ ...cluster, certificatesDir: '/srv/pki' }] }),
    'are in /srv/pki',
    'kubeadm-config',
  ],
  [
    'a release whose kubeadm does not say what it writes',
    adoptionWorld({ given: [{ ...cluster, kubernetesVersion: 'v1.30.1' }] }),
    'does not say what it writes',
    'upgrade the cluster first',
  ],
  [
    'a release that is not known',
    adoptionWorld({ given: [{ ...cluster, kubernetesVersion: 'v1.99.1' }] }),
    'is not known',
    'upgrade Coxswain',
  ],
  [
    'kubeadm of another release',
    adoptionWorld({ given, kubeadm: 'v1.36.1' }),
    'kubeadm on host is v1.36.1',
    'install kubeadm v1.37.2',
  ],
  [
    'a cluster without kubeadm-config',
    adoptionWorld({ given, without: ['kubeadm-config'] }),
    'ConfigMap kubeadm-config',
    'upload-config kubeadm',
  ],
  [
    'a cluster without kubelet-config',
    adoptionWorld({ given, without: ['kubelet-config'] }),
    'ConfigMap kubelet-config',
    'upload-config kubelet',
  ],
  ['a host that is not a master', {}, 'is not a complete control-plane node', 'group masters'],
  [
    'an API server that does not answer',
    adoptionWorld({
      given,
      patterns: [[/^kubectl .* get configmap kubeadm-config /, { code: 1, stderr: 'refused' }]],
    }),
    'does not say what the ConfigMap kubeadm-config has',
    'readyz',
  ],
] as const)
  test(`refused with the way out: ${title}`, async () => {
    const error = await refusalOf(world)
    assert.match(isCoxswainError(error) ? error.message : String(error), message)
    assert.match(hintOf(error), hint)
  })

test('masters are needed', () => {
  assert.throws(() => adoptedSettings({ masters: [] }))
})
