import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { endpointAnswers } from '../../../tasks/kubernetes/endpoint-answers.ts'
import { sent, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { conf, former, kubeletConf, newCluster, repliesOf, to } from './endpoint-world.ts'
import type { ClusterOfMove } from './endpoint-world.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('endpoint-answers')

const program = 'tasks/kubernetes/ask-as-kubelet.sh'
const masters = [
  { name: 'host', address: '10.0.0.1' },
  { name: 'm2', address: '10.0.0.2' },
]
const task = (workers = ['w1']) => endpointAnswers({ to, masters, workers, timeout: 0 })
const clusterWith = (more: Partial<ClusterOfMove> = {}): ClusterOfMove => ({
  ...newCluster(),
  nodes: ['host', 'm2', 'w1'],
  ...more,
})
const nodeFiles: Record<string, string> = { [kubeletConf]: conf(former) }
const world = (
  patterns: NonNullable<World['patterns']> = [],
  cluster = clusterWith(),
  { others = ['m2', 'w1'], files = nodeFiles } = {},
): World => {
  const of = (name: string): World => ({
    files: name === 'w1' ? files : { [kubeletConf]: conf(former) },
    patterns: [...patterns, ...repliesOf(name, cluster)],
  })
  return { ...of('host'), others: Object.fromEntries(others.map((name) => [name, of(name)])) }
}
const outputOf = (error: unknown): string => (isCoxswainError(error) ? (error.output ?? '') : '')

test('one host asks every node, masters and workers, and each API server under the name of the endpoint', async () => {
  const run = await rehearse(task(), world())
  assert.is(run.outcome, 'ok', String(run.error))
  assert.ok(run.commands.check.includes(sent(program, `https://${to}`, 'host')))
  const asked = run.commands.check.filter((one) => one.includes('--tls-server-name api.example.org'))
  assert.equal(
    asked.map((one) => /--server (\S+)/.exec(one)?.[1]),
    ['https://10.0.0.1:6443', 'https://10.0.0.2:6443'],
  )
  for (const name of ['m2', 'w1']) {
    const silent = world()
    const other = silent.others?.[name]
    const failing = { ...other, patterns: [[sentPattern(program), { code: 1, stderr: 'no route' }] as const] }
    const bad = await rehearse(task(), { ...silent, others: { ...silent.others, [name]: failing } })
    assert.match(String(bad.error), `${to} does not answer the kubelet of ${name}: no route`)
  }
})

test('a host that is not a node is not asked', async () => {
  const run = await rehearse(task(), world([], clusterWith({ nodes: ['host', 'm2'] }), { files: {} }))
  assert.is(run.outcome, 'ok', String(run.error))
})

for (const [title, reply, said] of [
  [
    'another cluster of the same authority',
    '{"metadata":{"uid":"other"},"spec":{"renewTime":"2100-01-01T00:00:00Z"}}',
    'is another cluster',
  ],
  [
    'a copy of the cluster, in which no kubelet renews its lease',
    '{"metadata":{"uid":"lease-of-host"},"spec":{"renewTime":"1970-01-01T00:01:39.000Z"}}',
    'is a copy of this cluster',
  ],
  ['something else that answers', '<html>', 'is another cluster'],
  [
    'a certificate that does not name it',
    { code: 1, stderr: 'Unable to connect\nx509: certificate is valid for m1, not api.example.org' },
    'not api.example.org',
  ],
] as const)
  test(`not ok, and under --check not known: ${title}`, async () => {
    const run = await rehearse(task(), world([[sentPattern(program), reply]]))
    assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
    assert.match(String(run.error), said)
  })

test('an API server whose certificate lacks the name is named', async () => {
  const bad = /--server https:\/\/10\.0\.0\.2:6443 --tls-server-name/
  const run = await rehearse(task(), world([[bad, { code: 1, stderr: 'x509: certificate is valid for m2' }]]))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'the API server of m2 does not answer as api.example.org')
})

test('a host that cannot be asked is refused at once, with the reason', async () => {
  const { nodes } = clusterWith()
  for (const [given, said] of [
    [world([[sentPattern(program), { code: 90 }]]), 'w1: w1 has neither kubectl nor curl'],
    [world([], clusterWith({ nodes: nodes.slice(0, 2) })), 'the cluster does not have the node w1'],
    [world([], clusterWith(), { files: {} }), `w1 is a node without ${kubeletConf}`],
    [world([], clusterWith(), { others: ['m2'] }), 'w1: '],
  ] as const) {
    const run = await rehearse(task(), given)
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(outputOf(run.error), said)
    assert.match(hintOf(run.error), 'nothing refers to api.example.org:6443 yet')
  }
})

test('a node without a lease is not proven', async () => {
  const run = await rehearse(task(), world([[/get leases /, `host\tlease-of-host\t0\nm2\tlease-of-m2\t0\n`]]))
  assert.match(String(run.error), 'the kubelet of w1 has no lease')
})
