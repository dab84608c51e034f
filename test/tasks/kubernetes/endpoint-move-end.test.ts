import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { endpointMoveEnd } from '../../../tasks/kubernetes/endpoint-move-end.ts'
import { suite } from '../../support/spec.ts'
import {
  adminConf,
  conf,
  filesOf,
  former,
  kubeletConf,
  marker,
  newCluster,
  record,
  repliesOf,
  to,
} from './endpoint-world.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('endpoint-move-end')

const text = `{"from":["${former}"],"to":"${to}"}\n`
const masters = [
  { name: 'host', address: '10.0.0.1' },
  { name: 'm2', address: '10.0.0.2' },
]
const task = (workers = ['w1']) => endpointMoveEnd({ to, masters, workers })
const moved = () => {
  const cluster = newCluster(to)
  cluster.nodes.splice(0, 4, 'host', 'm2', 'w1')
  return cluster
}
const world = (
  more: Readonly<Record<string, Record<string, string>>> = {},
  cluster = moved(),
  others = ['m2', 'w1'],
  recorded: Readonly<Record<string, boolean>> = {},
): World => {
  const of = (name: string): World => ({
    files: {
      ...filesOf(name === 'host' ? 'm1' : name, to),
      ...(name === 'w1' || recorded[name] === false ? {} : { [record]: text }),
      ...more[name],
    },
    patterns: repliesOf(name, cluster),
  })
  return { ...of('host'), others: Object.fromEntries(others.map((name) => [name, of(name)])) }
}

test('the record goes where nothing refers to the former endpoint', async () => {
  const run = await rehearse(task(), world())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    [`${record} of host`, `${record} of m2`],
  )
  assert.not.ok(run.files.has(record))
})

const leftBy = async (given: World): Promise<string> => {
  const run = await rehearse(task(), given)
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), `the move to ${to} is not complete`)
  assert.match(hintOf(run.error), 'The former endpoint must go on until then')
  return isCoxswainError(run.error) ? (run.error.output ?? '') : ''
}

test('each file and ConfigMap that refers to it is named, with its host', async () => {
  const said = await leftBy(
    world(
      { m2: { [adminConf]: conf(former) }, w1: { [kubeletConf]: conf(former), [marker]: 'x' } },
      { ...moved(), proxy: conf(former), info: conf(former) },
    ),
  )
  assert.equal(said.split('\n'), [
    `the ConfigMap cluster-info refers to ${former}`,
    `the ConfigMap kube-proxy refers to ${former}`,
    `${adminConf} of m2 refers to ${former}`,
    `${kubeletConf} of w1 refers to ${former}`,
    'the kubelet of w1 must be restarted',
  ])
})

test('a host that cannot be asked, and a node that the inventory does not have, are named', async () => {
  assert.match(await leftBy(world({}, moved(), ['m2'])), 'w1 could not be asked')
  const cluster = moved()
  cluster.nodes.push('w9')
  assert.match(await leftBy(world({}, cluster)), 'w9 is not in the inventory, and was not asked')
})

test('a node whose kubelet has its kubeconfig elsewhere is named', async () => {
  const without = world()
  const others = { ...without.others, w1: { files: {}, patterns: [] } }
  assert.match(await leftBy({ ...without, others }), `w1 does not have ${kubeletConf}`)
})

test('a controller manager that was not restarted is named', async () => {
  const restarts = { '/etc/coxswain/restart-static-pods': 'kube-controller-manager\n' }
  assert.match(await leftBy(world({ m2: restarts })), 'the static pod kube-controller-manager of m2 must be')
})

test('a ConfigMap that cannot be asked does not count as one that has moved', async () => {
  for (const silent of [
    'get --raw /api/v1/namespaces/kube-system/configmaps/kube-proxy',
    'get configmap kubeadm-config',
  ]) {
    const cluster = { ...moved(), silent: new Set([silent]) }
    const run = await rehearse(task(), world({}, cluster))
    assert.is(run.outcome, 'failed')
    assert.ok(run.files.has(record))
  }
})

test('a record that another master alone has is not removed while its files are not moved', async () => {
  const said = await leftBy(
    world({ m2: { [adminConf]: conf(former) } }, moved(), ['m2', 'w1'], { host: false }),
  )
  assert.match(said, `${adminConf} of m2 refers to ${former}`)
})

test('without a move there is nothing to end', async () => {
  const run = await rehearse(endpointMoveEnd({ to, masters: masters.slice(0, 1) }), {
    files: { [kubeletConf]: conf('127.0.0.1:6443') },
    patterns: repliesOf('host', newCluster(to)),
  })
  assert.is(run.outcome, 'ok', String(run.error))
})
