import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { endpointMoveBegin } from '../../../tasks/kubernetes/endpoint-move-begin.ts'
import { suite } from '../../support/spec.ts'
import {
  clusterConfig,
  conf,
  former,
  move,
  newCluster,
  record,
  recordOf,
  repliesOf,
  to,
} from './endpoint-world.ts'
import type { ClusterOfMove } from './endpoint-world.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('endpoint-move-begin')

const given = { ...move, version: 'v1.37.2', names: ['api.example.org', '10.0.0.10'], workers: ['w1'] }
const clusterWith = (more: Partial<ClusterOfMove> = {}): ClusterOfMove => ({
  ...newCluster(),
  nodes: ['host', 'w1'],
  ...more,
})
const world = (cluster = clusterWith(), text?: string, more: Record<string, string> = {}) => ({
  files: { ...(text === undefined ? {} : { [record]: text }), ...more },
  patterns: repliesOf('host', cluster),
})

test('the move is recorded, for root only', async () => {
  const run = await rehearse(endpointMoveBegin(given), world())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.files.get(record)?.content.toString(), `{"from":["${former}"],"to":"${to}"}\n`)
  assert.is(run.files.get(record)?.mode, '0600')
})

test('a cluster that has the endpoint is left as it is, also if more former ones are given', async () => {
  for (const more of [[], [former]]) {
    const run = await rehearse(
      endpointMoveBegin({ ...given, former: more }),
      world(clusterWith({ config: clusterConfig(to) })),
    )
    assert.is(run.outcome, 'ok', String(run.error))
  }
})

test('another endpoint in the middle of a move: both are left', async () => {
  const text = `{"from":["10.0.0.9:6443"],"to":"${former}"}\n`
  const names = ['api.example.org', '10.0.0.10', '10.0.0.9']
  const run = await rehearse(endpointMoveBegin({ ...given, names }), world(clusterWith(), text))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(String(run.files.get(record)?.content), recordOf(['10.0.0.9:6443', former]))
})

for (const [title, more, cluster, said, way] of [
  [
    'certificates without the former name',
    { names: ['api.example.org'] },
    clusterWith(),
    'would not name 10.0.0.10',
    'add 10.0.0.10 to cert_sans',
  ],
  [
    'nodes that the inventory does not have',
    { workers: [] },
    clusterWith(),
    'w1 would keep the former endpoint',
    'add w1 to workers',
  ],
  ['a release that is too old', { version: 'v1.19.16' }, clusterWith(), 'before v1.20', 'upgrade first'],
  [
    'a cluster without an endpoint',
    {},
    clusterWith({ config: 'kind: ClusterConfiguration\n' }),
    'does not say which endpoint',
    'cannot be moved',
  ],
] as const)
  test(`refused before anything is changed: ${title}`, async () => {
    const run = await rehearse(
      endpointMoveBegin({
        ...given,
        ...more,
        names: [...('names' in more ? more.names : given.names)],
        workers: [...('workers' in more ? more.workers : given.workers)],
      }),
      world(cluster),
    )
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), said)
    assert.match(hintOf(run.error), way)
    assert.equal(run.commands.apply, [])
  })

test('a former endpoint that is given must be named as well while everything moves', async () => {
  const run = await rehearse(endpointMoveBegin({ ...given, former: ['10.0.0.9:6443'] }), world())
  assert.match(hintOf(run.error), 'add 10.0.0.9 to cert_sans')
})

test('what an interrupted run has recorded on another master is recorded here', async () => {
  const masters = [...move.masters, { name: 'm2', address: '10.0.0.2' }]
  const cluster = clusterWith({ nodes: ['host', 'm2', 'w1'], config: clusterConfig(to) })
  const run = await rehearse(endpointMoveBegin({ ...given, masters }), {
    ...world(cluster),
    others: { m2: { files: { [record]: recordOf([former]) }, patterns: [] } },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.files.get(record)?.content.toString(), recordOf([former, to]))
})

test('a mistyped endpoint, to which nothing was moved, needs no name in the certificates', async () => {
  const text = recordOf([former], 'api.exmaple.org:6443')
  const run = await rehearse(endpointMoveBegin(given), world(clusterWith(), text))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.files.get(record)?.content.toString(), recordOf([former]))
  const begun = await rehearse(
    endpointMoveBegin(given),
    world(clusterWith({ info: conf('api.exmaple.org:6443') }), text),
  )
  assert.match(hintOf(begun.error), 'add api.exmaple.org to cert_sans')
})

/** Signed by itself. */
const certificateWith = (names: string): string =>
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=x -days 3'.split(
        ' ',
      ),
      '-addext',
      `subjectAltName=${names}`,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
const ownNames =
  'DNS:kubernetes,DNS:kubernetes.default.svc.cluster.local,DNS:host,IP:10.96.0.1,IP:10.0.0.1,IP:10.0.0.10'
const pki = '/etc/kubernetes/pki'
const withCertificate = (names: string, more: Record<string, string> = { [`${pki}/ca.key`]: 'k' }) =>
  world(clusterWith(), undefined, { [`${pki}/apiserver.crt`]: certificateWith(names), ...more })

test('names of the present certificate that a new one would not have are refused', async () => {
  const there = withCertificate(`${ownNames},DNS:k8s.corp.example,IP:fd00::9`)
  const run = await rehearse(endpointMoveBegin(given), there)
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'would lose k8s.corp.example, ')
  assert.match(hintOf(run.error), 'add k8s.corp.example and fd00::9 to cert_sans, or to remove')
  const names = [...given.names, 'k8s.corp.example']
  const kept = await rehearse(endpointMoveBegin({ ...given, names, without: ['fd00::9'] }), there)
  assert.is(kept.outcome, 'changed', String(kept.error))
})

test('a certificate that is not made again keeps its names, and one that kubeadm made loses none', async () => {
  const complete = withCertificate(`${ownNames},DNS:api.example.org,DNS:k8s.corp.example`)
  assert.is((await rehearse(endpointMoveBegin(given), complete)).outcome, 'changed')
  assert.is((await rehearse(endpointMoveBegin(given), withCertificate(ownNames))).outcome, 'changed')
})

test('a certificate that cannot be made is refused before anything is recorded', async () => {
  const run = await rehearse(endpointMoveBegin(given), withCertificate(ownNames, {}))
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), `${pki}/ca.key does not exist`)
})

test('an endpoint of IPv6 without brackets in kubeadm-config is read as kubeadm does', async () => {
  const cluster = clusterWith({ config: clusterConfig('fd00::10') })
  const run = await rehearse(
    endpointMoveBegin({ ...given, names: ['api.example.org', 'fd00::10'] }),
    world(cluster),
  )
  assert.equal(run.files.get(record)?.content.toString(), recordOf(['[fd00::10]:6443']))
})

test('a record that is damaged is not taken for none', async () => {
  const run = await rehearse(endpointMoveBegin(given), world(clusterWith(), 'x'))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), record)
})

test('mistakes in parameters are refused', () => {
  assert.throws(() => endpointMoveBegin({ ...given, to: 'https://api.example.org' }), 'to')
  assert.throws(() => endpointMoveBegin({ ...given, masters: [] }), 'masters')
})
