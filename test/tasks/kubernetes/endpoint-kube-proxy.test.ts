import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { endpointKubeProxy } from '../../../tasks/kubernetes/endpoint-kube-proxy.ts'
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

const test = suite('endpoint-kube-proxy')

const task = (more = {}) => endpointKubeProxy({ ...move, steady: 0, ...more })
const clusterWith = (more: Partial<ClusterOfMove> = {}): ClusterOfMove => ({
  ...newCluster(),
  pods: { host: 1, w1: 1 },
  ...more,
})
const world = (
  cluster = clusterWith(),
  files: Record<string, string> = { [record]: recordOf([former]) },
) => ({
  files,
  patterns: repliesOf('host', cluster),
  others: Object.fromEntries(['w1'].map((name) => [name, { patterns: repliesOf(name, cluster) }])),
})

test('its kubeconfig gets the endpoint, and its pods are restarted', async () => {
  const cluster = clusterWith()
  const run = await rehearse(task(), world(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(cluster.proxy, conf(to))
  assert.ok(Object.values(cluster.pods).every((started) => started >= cluster.changed))
})

test('pods that an interrupted run has not restarted are', async () => {
  const cluster = clusterWith({ proxy: conf(to), changed: 5 })
  const run = await rehearse(task(), world(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(String(run.changes[0]?.what), 'kube-proxy of host')
})

test('nothing is done without a move, without kube-proxy, and where its kubeconfig has another server', async () => {
  assert.is(
    (await rehearse(task(), world({ ...clusterWith(), config: clusterConfig(to), changed: 5 }, {}))).outcome,
    'ok',
  )
  assert.is((await rehearse(task(), world(clusterWith({ proxy: '', pods: {} })))).outcome, 'ok')
  const own = clusterWith({ proxy: conf('127.0.0.1:6443') })
  assert.is((await rehearse(task(), world(own))).outcome, 'ok')
})

test('a former endpoint that is given is left as well', async () => {
  const cluster = clusterWith({ config: clusterConfig(to), proxy: conf(former) })
  assert.is((await rehearse(task({ former: [former] }), world(cluster, {}))).outcome, 'changed')
  assert.is(cluster.proxy, conf(to))
})

test('one pod is tried first, that of a worker; one that does not read the Services gets the former endpoint back', async () => {
  const cluster = clusterWith()
  cluster.rules = (node) =>
    node === 'w1' && cluster.proxy === conf(to) && (cluster.pods[node] ?? 0) > 1 ? 0 : 1
  const run = await rehearse(task({ timeout: 1 }), { ...world(cluster), unpredictable: 'whether it works' })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), `kube-proxy does not work with ${to}, so the former endpoint was put back`)
  assert.match(String(run.error), 'kube-proxy of w1: it has not read the Services since it was started')
  assert.match(hintOf(run.error), 'NO_PROXY')
  assert.is(cluster.proxy, conf(former))
  const acted = run.commands.apply.filter((one) => one.startsWith('kubectl '))
  assert.equal(
    acted.map((one) => / (delete|patch|rollout) /.exec(one)?.[1]),
    ['patch', 'delete', 'patch', 'rollout'],
  )
})

test('what an interrupted run has restarted, and does not work, is found and put back', async () => {
  const cluster = clusterWith({ proxy: conf(to), changed: 5, pods: { host: 6, w1: 6 } })
  cluster.rules = () => (cluster.proxy === conf(to) ? 0 : 1)
  const run = await rehearse(task({ timeout: 1 }), { ...world(cluster), unpredictable: 'whether it works' })
  assert.match(String(run.error), 'so the former endpoint was put back')
  assert.is(cluster.proxy, conf(former))
})

test('a kube-proxy that does not work before is refused, before anything is changed', async () => {
  const run = await rehearse(task(), world(clusterWith({ rules: (node) => (node === 'w1' ? 0 : 1) })))
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'kube-proxy does not work on all nodes before it is moved')
})

test('nothing is changed while the move is not recorded', async () => {
  const run = await rehearse(task(), world(clusterWith(), {}))
  assert.match(String(run.error), 'is not recorded on host')
})
