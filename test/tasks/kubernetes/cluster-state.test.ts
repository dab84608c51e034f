/** The picture of a cluster, from scripted hosts: what is asked, of whom, and what is made of the answers. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { clusterState } from '../../../tasks/kubernetes/cluster-state.ts'
import { clusterFindings } from '../../../tasks/kubernetes/cluster-state/findings/findings.ts'
import { clusterTable } from '../../../tasks/kubernetes/cluster-state/table.ts'
import type { ClusterState } from '../../../tasks/kubernetes/cluster-state/types.ts'
import { certificateFiles } from '../../../tasks/kubernetes/kubeadm/certificates.ts'
import { leaf } from '../../support/certificates.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { etcdCluster } from './etcd-world.ts'

const test = suite('cluster-state')

const masters = [1, 2, 3].map((at) => ({ name: at === 1 ? 'host' : `m${at}`, address: `10.0.0.${at}` }))
const [self] = masters

const members = () =>
  masters.map(({ name, address }, index) => ({
    name,
    url: `https://${address}:2380`,
    id: ['9268346582316432287', '5362356239562356239', '3333333333333333333'][index] ?? '',
  }))

const task = (given: Record<string, unknown> = {}) =>
  clusterState({
    masters,
    configuration: {
      cluster: { kubernetesVersion: 'v1.37.2', controlPlaneEndpoint: '10.0.0.10:6443' },
      self: self ?? { name: '', address: '' },
      members: masters,
    },
    ...given,
  })

const pod = (name: string): string =>
  `spec:\n  containers:\n  - image: r/${name}:v1.37.2\n    command: [${name}]\n`

const files = {
  '/etc/kubernetes/admin.conf': 'x',
  '/var/lib/kubelet/config.yaml': 'cgroupDriver: systemd\n',
  ...Object.fromEntries(
    ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => [
      `/etc/kubernetes/manifests/${name}.yaml`,
      pod(name),
    ]),
  ),
}

const kept = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.37.2
controlPlaneEndpoint: 10.0.0.10:6443
networking:
  podSubnet: 10.244.0.0/16
`

const der = leaf.replaceAll(/-----.*-----|\n/g, '')
const certificates = [
  ...certificateFiles.map((path) => `certificate\t${path}\t${der}\n`),
  ...['admin', 'controller-manager', 'scheduler'].map(
    (one) => `kubeconfig\t/etc/kubernetes/${one}.conf\t${Buffer.from(leaf).toString('base64')}\n`,
  ),
].join('')

const own = (name: string): NonNullable<World['patterns']> => [
  [
    sentPattern('tasks/kubernetes/cluster-state/read-host.sh'),
    () =>
      `clock\t${Math.floor(Date.now() / 1000)}\t\nprogram\tkubelet\tv1.37.2\nkubelet\tactive\t\nunasked\tcurl is not installed\t\n${certificates}`,
  ],
  [
    sentPattern('tasks/kubernetes/cluster-state/ask-ready.sh'),
    ({ script }) =>
      [...script.matchAll(/https:\/\/[\d.]+:6443\/readyz/g)].map(([url]) => `${url}\t200\tok\n`).join(''),
  ],
  [
    /get nodes -o/,
    masters
      .map(
        (one) =>
          `${one.name}\tTrue\t\tv1.37.2\tcontainerd://2\t${one.address}\t\t{"node-role.kubernetes.io/control-plane":""}\n`,
      )
      .join(''),
  ],
  [/get configmap kubeadm-config /, JSON.stringify({ data: { ClusterConfiguration: kept } })],
  [/^systemctl is-active haproxy/, `${name === 'lb' ? 'active' : 'inactive'}\n`],
]

const world = (etcd = etcdCluster(members())): World => ({
  files,
  patterns: [...own('host'), ...etcd.patterns],
  others: {
    m2: { files, patterns: [...own('m2'), ...etcd.patterns] },
    m3: { files, patterns: [...own('m3'), ...etcd.patterns] },
    loadbalancers: {
      files: {
        '/etc/haproxy/haproxy.cfg': masters
          .map(({ address }) => `    server m ${address}:6443 check verify none\n`)
          .join(''),
      },
      patterns: own('lb'),
    },
  },
})

const stateOf = async (all: World, given: Record<string, unknown> = {}): Promise<ClusterState> => {
  const value: unknown = await valueOf(task(given), all)
  assert.ok(isState(value))
  return value
}
const isState = (value: unknown): value is ClusterState =>
  typeof value === 'object' && value !== null && 'masters' in value && 'etcd' in value

test('it changes nothing', async () => {
  const run = await rehearse(task(), world())
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
})

test('every part of a healthy cluster is known, and there are no findings but figures', async () => {
  const state = await stateOf(world())
  assert.equal(
    state.masters.map(({ name, api, host }) => [name, api.known && api.value.state, host.known]),
    [
      ['host', 'ready', true],
      ['m2', 'ready', true],
      ['m3', 'ready', true],
    ],
  )
  assert.equal(state.etcd.known && Object.values(state.etcd.value.health).map(({ state: its }) => its), [
    'healthy',
    'healthy',
    'healthy',
  ])
  assert.equal(
    state.loadBalancers.map(({ name, state: its }) => [name, its.known && its.value.servers]),
    [['loadbalancers', masters.map(({ address }) => `${address}:6443`)]],
  )
  assert.equal(clusterFindings(state), [])
  const table = clusterTable(state).split('\n')
  assert.match(table[1] ?? '', /^host +10\.0\.0\.1 +v1\.37\.2 +ready +healthy, leader/)
  assert.ok(table.includes('etcd: 3 members, 2 needed, 3 healthy: 1 more member can fail'))
})

test('a host that cannot be asked is not known, and the others are', async () => {
  const all = world()
  const state = await stateOf({ ...all, others: { ...all.others, m3: {} } })
  const [, , third] = state.masters
  assert.is(third?.host.known, false)
  assert.is(state.masters[1]?.host.known, true)
  assert.is(state.nodes.known, true)
  const about = clusterFindings(state).filter(({ subject }) => subject === 'm3')
  assert.equal([...new Set(about.map(({ severity }) => severity))], ['not known'])
})

test('without a quorum, the members are those that the node knows', async () => {
  const state = await stateOf(world(etcdCluster(members(), { quorum: false })))
  assert.ok(state.etcd.known)
  assert.is(state.etcd.known && state.etcd.value.members.length, 3)
  assert.is(clusterFindings(state)[0]?.severity, 'fault')
  assert.match(clusterFindings(state)[0]?.what ?? '', 'the quorum is lost: 3 members, 2 needed, 1 healthy')
})

test('a cluster without load balancers', async () => {
  const state = await stateOf(world(), { loadBalancers: 'none' })
  assert.equal(state.loadBalancers, [])
})

test('bad parameters', () => {
  assert.throws(() => task({ masters: [] }), /masters/)
  assert.throws(() => task({ masters: [{ name: 'M1', address: '10.0.0.1' }] }), /lower-case/)
})
