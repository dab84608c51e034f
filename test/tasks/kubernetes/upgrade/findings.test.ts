/** What would go wrong during an upgrade. */
import * as assert from 'uvu/assert'
import type { ClusterState, MasterView } from '../../../../tasks/kubernetes/cluster-state/types.ts'
import { upgradeFindings } from '../../../../tasks/kubernetes/upgrade/findings.ts'
import type { WantedUpgrade } from '../../../../tasks/kubernetes/upgrade/host-findings.ts'
import { upgradeHostIn } from '../../../../tasks/kubernetes/upgrade/read.ts'
import type { UpgradeState } from '../../../../tasks/kubernetes/upgrade/read.ts'
import { upgradeTable } from '../../../../tasks/kubernetes/upgrade/table.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('findings before an upgrade')

const printed = `cgroup\t2
runtime\t2.2.9
kubeadm\tv1.36.3
free\t20971520
argument\tnode-ip=10.0.0.1
api\tgroup="",removed_release="1.99",resource="endpoints",subresource="",version="v1"
`

const kept = {
  apiVersion: 'kubeadm.k8s.io/v1beta4',
  kind: 'ClusterConfiguration',
  kubernetesVersion: 'v1.36.3',
}

const healthy: UpgradeState = {
  running: { version: 'v1.36.3', unfinished: undefined, applying: false },
  cluster: { known: true, value: kept },
  ...upgradeHostIn(printed),
}

const view = (name: string, changed: Partial<MasterView> = {}): MasterView => ({
  name,
  address: `10.0.0.${name.slice(1)}`,
  host: { known: false, why: 'not asked' },
  api: { known: true, value: { state: 'ready', why: '' } },
  etcd: {
    known: true,
    value: {
      memberId: name.slice(1),
      clusterId: '7',
      version: '3.6.8',
      revision: '1',
      size: 1024 ** 2,
      used: 1,
      leads: name === 'm1',
    },
  },
  ...changed,
})

const names = ['m1', 'm2', 'm3']
const node = (name: string, kubelet = 'v1.36.3', ready = true) => ({
  name,
  addresses: [],
  ready,
  unschedulable: false,
  kubelet,
  runtime: 'containerd://2.2.9',
  taints: [],
  controlPlane: true,
})

const cluster = (changed: Partial<ClusterState> = {}): ClusterState => ({
  masters: names.map((name) => view(name)),
  etcd: {
    known: true,
    value: {
      from: 'm1',
      members: names.map((name) => ({
        id: name.slice(1),
        name,
        started: true,
        learner: false,
        peerUrl: `https://10.0.0.${name.slice(1)}:2380`,
        clientUrls: [`https://10.0.0.${name.slice(1)}:2379`],
      })),
      health: Object.fromEntries(
        names.map((name) => [name.slice(1), { state: 'healthy', why: '' } as const]),
      ),
      alarms: { known: true, value: [] },
    },
  },
  endpoint: { known: true, value: { state: 'ready', why: '' } },
  loadBalancers: [],
  nodes: { known: true, value: names.map((name) => node(name)) },
  differences: { known: true, value: [] },
  ...changed,
})

const wanted: WantedUpgrade = {
  path: ['v1.37.2'],
  ignorePreflightErrors: [],
  acceptRemovedApis: false,
  workers: [],
}

/** Three masters, of which the second differs. */
const found = (
  changed: Partial<UpgradeState> = {},
  more: Partial<WantedUpgrade> = {},
  state: Partial<ClusterState> = {},
): string[] =>
  upgradeFindings(
    cluster(state),
    names.map((host) => ({ host, value: host === 'm2' ? { ...healthy, ...changed } : healthy })),
    { ...wanted, ...more },
  ).map(({ severity, subject, what }) => `${severity}: ${subject}: ${what}`)

test('a healthy cluster has no findings', () => {
  assert.equal(found(), [])
})

test('what the program prints is parsed', () => {
  assert.equal(healthy.kubeletArguments, { 'node-ip': '10.0.0.1' })
  assert.equal(
    [healthy.kubeadm, healthy.containerd, healthy.freeMiB, healthy.cgroup],
    ['v1.36.3', '2.2.9', 20480, '2'],
  )
  assert.equal(healthy.deprecated, { known: true, value: [{ name: 'v1 endpoints', removedIn: 99 }] })
  assert.equal(upgradeHostIn('unasked\tthe API server does not give its figures\n').deprecated, {
    known: false,
    why: 'the API server does not give its figures',
  })
})

for (const [title, changed, more, expected] of [
  [
    'an older target',
    {},
    { path: ['v1.35.4'] },
    'fault: upgrade path: the cluster runs v1.36.3, and v1.35.4 is older',
  ],
  [
    'minor releases that are left out',
    {},
    { path: ['v1.39.0'] },
    'fault: upgrade path: from v1.36.3 to v1.39.0, v1.37 and v1.38 are missing',
  ],
  [
    'cgroup v1 without failCgroupV1: false',
    { cgroup: '1' },
    { ignorePreflightErrors: ['SystemVerification'] },
    'fault: m2: it has cgroup v1, on which the kubelet of v1.37.2 runs only with failCgroupV1: false',
  ],
  [
    'containerd 1',
    { containerd: '1.7.24' },
    {},
    'warning: m2: containerd 1.7.24: v1.37 is the last release that runs with containerd 1',
  ],
  [
    'an API in use that the target does not have',
    { deprecated: { known: true, value: [{ name: 'a.k8s.io/v1beta1 things', removedIn: 37 }] } },
    {},
    'fault: clients: a.k8s.io/v1beta1 things is in use, and v1.37 does not have it',
  ],
  [
    'the same, accepted',
    { deprecated: { known: true, value: [{ name: 'a.k8s.io/v1beta1 things', removedIn: 37 }] } },
    { acceptRemovedApis: true },
    'warning: clients: a.k8s.io/v1beta1 things is in use, and v1.37 does not have it',
  ],
  [
    'a feature gate in the arguments of a kubelet',
    { kubeletArguments: { 'feature-gates': 'SidecarContainers=true' } },
    {},
    'fault: m2: the kubelet: v1.37 does not know the feature gate SidecarContainers',
  ],
  [
    'too little space',
    { freeMiB: 1 },
    {},
    "fault: m2: 1 MiB are free at /etc/kubernetes, and kubeadm needs 2 MiB for a copy of etcd's data",
  ],
  [
    'an interrupted upgrade to a version after the target',
    { running: { version: '', unfinished: 'v1.37.3', applying: true } },
    {},
    'fault: m2: its upgrade to v1.37.3 was interrupted, and v1.37.2 is older',
  ],
  [
    'a master without a manifest',
    { running: { version: '', unfinished: undefined, applying: false } },
    {},
    'fault: m2: it does not have all manifests of a control plane',
  ],
] as const)
  test(title, () => {
    assert.ok(found(changed, more).includes(expected), found(changed, more).join('\n'))
  })

test('settings in kubeadm-config: gates, arguments of etcd, an own image of etcd, and its version', () => {
  const settings = (local: object) => ({
    ...kept,
    apiVersion: 'kubeadm.k8s.io/v1beta3',
    apiServer: { extraArgs: { 'feature-gates': 'JobSuccessPolicy=true,AllAlpha=false' } },
    controllerManager: { extraArgs: [{ name: 'concurrent-service-syncs', value: '2' }] },
    etcd: { local: { ...local, extraArgs: [{ name: 'experimental-x', value: '1' }] } },
  })
  const all = (local: object) =>
    upgradeFindings(
      cluster(),
      names.map((host) => ({
        host,
        value: { ...healthy, cluster: { known: true, value: settings(local) } },
      })),
      wanted,
    ).map(({ severity, what }) => `${severity}: ${what}`)
  const others = [
    'fault: kubeadm of v1.37.2 does not read its version v1beta3, only v1beta4',
    'fault: apiServer: v1.37 does not know the feature gate JobSuccessPolicy',
    'fault: the controller manager of v1.37 does not know the argument --concurrent-service-syncs',
  ]
  assert.equal(all({}), [...others, 'fault: etcd 3.7 of v1.37 does not know the argument --experimental-x'])
  // it stays in the version that knows it
  assert.equal(all({ imageTag: '3.6.8-0' }), [
    ...others,
    'warning: etcd.imageTag: 3.6.8-0 stays, and kubeadm of v1.37.2 would use 3.7.0-0',
  ])
})

test('etcd 3.5 before 3.5.26 is not upgraded to 3.6', () => {
  const old = { ...healthy, running: { ...healthy.running, version: 'v1.33.6' } }
  const [first] = names
  const etcd = view('m1').etcd
  const masters = names.map((name) =>
    view(
      name,
      name === first && etcd.known && etcd.value
        ? { etcd: { known: true, value: { ...etcd.value, version: '3.5.24' } } }
        : {},
    ),
  )
  const all = upgradeFindings(
    cluster({ masters }),
    names.map((host) => ({ host, value: old })),
    { ...wanted, path: ['v1.34.4'] },
  )
  assert.match(String(all[0]?.what), 'its etcd 3.5.24 must be 3.5.26 or later before etcd 3.6 of v1.34.4')
})

test('an API server that is not ready is a fault, and with an interrupted upgrade there a warning', () => {
  const masters = names.map((name) =>
    view(name, name === 'm2' ? { api: { known: true, value: { state: 'silent', why: 'refused' } } } : {}),
  )
  assert.equal(found({}, {}, { masters }), ['fault: m2: its API server is silent: refused'])
  const running = { version: 'v1.36.3', unfinished: 'v1.37.2', applying: false }
  assert.equal(found({ running }, {}, { masters }), ['warning: m2: its API server is silent: refused'])
})

test('a worker that is too old for the target is named', () => {
  const nodes = {
    known: true,
    value: [...names.map((name) => node(name)), { ...node('w1', 'v1.33.1'), controlPlane: false }],
  } as const
  assert.equal(found({}, {}, { nodes }), [
    'fault: w1: its kubelet v1.33.1 is too old for API servers of v1.37.2, which accept 3 minor releases before theirs',
  ])
})

test('workers are upgraded on the way; those that are not nodes, and nodes that are not workers of the inventory, are named', () => {
  const worker = (name: string, kubelet: string) => ({ ...node(name, kubelet), controlPlane: false })
  const nodes = {
    known: true,
    value: [
      ...names.map((name) => node(name)),
      worker('w1', 'v1.36.3'),
      worker('w2', 'v1.34.1'),
      worker('w3', 'v1.33.1'),
    ],
  } as const
  const lines = (more: Partial<WantedUpgrade>, running = healthy.running) =>
    upgradeFindings(
      cluster({ nodes }),
      names.map((host) => ({ host, value: { ...healthy, running } })),
      { ...wanted, ...more },
    ).map(({ severity, subject, what }) => `${severity}: ${subject}: ${what}`)
  assert.equal(lines({ workers: ['w1', 'w2', 'w4'] }), [
    'fault: w3: its kubelet v1.33.1 is too old for API servers of v1.37.2, which accept 3 minor releases before theirs',
    'fault: w4: it is in the group workers, and not a node of the cluster',
  ])
  // w2 is too old for the second version only if it stays as it is
  const path = ['v1.37.2', 'v1.38.0']
  assert.equal(
    lines({ workers: ['w1', 'w2', 'w3'], path }).filter((one) => one.includes('w2')),
    [],
  )
  const there = { version: 'v1.37.2', unfinished: undefined, applying: false }
  assert.equal(lines({ workers: ['w2', 'w3'] }, there), [
    'warning: w1: its kubelet stays v1.36.3: the inventory does not have it among the workers',
  ])
})

test('a cluster that is there already has no findings, whatever it uses', () => {
  const running = { version: 'v1.37.2', unfinished: undefined, applying: false }
  const all = upgradeFindings(
    cluster(),
    names.map((host) => ({ host, value: { ...healthy, cgroup: '1', running } })),
    wanted,
  )
  assert.equal(all, [])
})

test('the table has the masters and the versions of the upgrade path', () => {
  const states = names.map((host) => ({ host, value: healthy }))
  assert.equal(upgradeTable(states.slice(0, 1), ['v1.37.2'], []).split('\n'), [
    'm1  control plane v1.36.3  kubeadm v1.36.3  cgroup v2  containerd 2.2.9',
    '',
    'from  v1.36.3',
    'to    v1.37.2  etcd 3.7.0-0  CoreDNS v1.14.6  pause 3.10.2',
  ])
})
