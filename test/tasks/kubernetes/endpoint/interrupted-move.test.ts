/** A move as the playbook makes it, which is cut off at every command. */
import * as assert from 'uvu/assert'
import type { Task } from '../../../../engine/dsl/types.ts'
import { endpointKubeconfigs } from '../../../../tasks/kubernetes/endpoint-kubeconfigs.ts'
import { endpointKubeProxy } from '../../../../tasks/kubernetes/endpoint-kube-proxy.ts'
import { endpointMoveBegin } from '../../../../tasks/kubernetes/endpoint-move-begin.ts'
import { endpointMoveEnd } from '../../../../tasks/kubernetes/endpoint-move-end.ts'
import { endpointRecords } from '../../../../tasks/kubernetes/endpoint-records.ts'
import { suite } from '../../../support/spec.ts'
import {
  adminConf,
  clusterConfig,
  conf,
  former,
  hostsOf,
  kubeletConf,
  marker,
  masters,
  newCluster,
  record,
  to as next,
  userConf,
} from '../endpoint-world.ts'

const test = suite('a move of the endpoint')

const names = masters.map(({ name }) => name)
const via = 'm1'

/** The tasks of the playbook that change something, in their order. */
const tasksTo = (to: string, sans: string[]): [host: string, task: Task][] => {
  const move = { to, masters }
  const certificates = [to, former, next].map((one) => one.replace(/:\d+$/, ''))
  return [
    ...names.map((name): [string, Task] => [
      name,
      endpointMoveBegin({ ...move, version: 'v1.37.2', names: certificates, workers: ['w1'] }),
    ]),
    ['m1', endpointRecords({ ...move, names: sans })],
    ...names.map((name): [string, Task] => [
      name,
      endpointKubeconfigs({ ...move, node: name, users: ['root'] }),
    ]),
    ['w1', endpointKubeconfigs({ ...move, node: 'w1', via })],
    ['m1', endpointKubeProxy({ ...move, steady: 0 })],
    ['m1', endpointMoveEnd({ ...move, workers: ['w1'], users: ['root'] })],
  ]
}

type Hosts = ReturnType<typeof hostsOf>

/** Runs tasks until one fails, as the playbook does. */
const runAll = async (
  hosts: Hosts,
  tasks: readonly [string, Task][],
  checkMode = false,
): Promise<string[]> => {
  const outcomes: string[] = []
  for (const [host, task] of tasks) {
    const { outcome, error } = await hosts.run(host, task, checkMode)
    outcomes.push(outcome)
    if (outcome === 'failed') return [...outcomes, String(error)]
  }
  return outcomes
}

/** Fails if anything refers to another endpoint, or an interrupted run has left something. */
const assertAt = (hosts: Hosts, cluster: ReturnType<typeof newCluster>, endpoint: string): void => {
  assert.match(cluster.config, `controlPlaneEndpoint: ${endpoint}\n`)
  assert.is(cluster.info, conf(endpoint))
  assert.is(cluster.proxy, conf(endpoint))
  assert.not.ok(Object.values(cluster.pods).some((started) => started < cluster.changed))
  for (const host of [...names, 'w1']) {
    assert.is(hosts.text(host, kubeletConf), conf(endpoint))
    assert.type(hosts.text(host, marker), 'undefined')
    assert.type(hosts.text(host, record), 'undefined')
  }
  for (const host of names) {
    assert.is(hosts.text(host, adminConf), conf(endpoint))
    assert.is(hosts.text(host, userConf), conf(endpoint))
    const { address = '' } = masters.find(({ name }) => name === host) ?? {}
    assert.is(hosts.text(host, '/etc/kubernetes/scheduler.conf'), conf(`${address}:6443`))
  }
  // the last start of each kubelet was with what it has now
  for (const host of [...names, 'w1'])
    assert.is(
      cluster.kubelets.findLast((one) => one.startsWith(`${host} `)),
      `${host} https://${endpoint}`,
    )
}

test('everything refers to the new endpoint in the end, and a second run changes nothing', async () => {
  const cluster = newCluster()
  const hosts = hostsOf(cluster)
  const tasks = tasksTo(next, [former.replace(/:\d+$/, '')])
  assert.equal(new Set(await runAll(hosts, tasks)), new Set(['changed']))
  assertAt(hosts, cluster, next)
  assert.match(cluster.config, /certSANs:\n\s+- 10\.0\.0\.10\n/)
  assert.equal(new Set(await runAll(hosts, tasks)), new Set(['ok']))
})

test('--check changes nothing, and predicts every change', async () => {
  const cluster = newCluster()
  const hosts = hostsOf(cluster)
  const predicted: string[] = []
  // each by itself: what the others depend on is not predicted from one task to the next here
  const tasks = tasksTo(next, []).slice(0, -1)
  for (const [host, task] of tasks.slice(0, names.length))
    predicted.push((await hosts.run(host, task, true)).outcome)
  assert.type(hosts.text('m1', record), 'undefined')
  await runAll(hosts, tasks.slice(0, names.length))
  for (const [host, task] of tasks.slice(names.length))
    predicted.push((await hosts.run(host, task, true)).outcome)
  assert.equal(new Set(predicted), new Set(['would change']))
  assert.is(cluster.count, 0)
  assert.is(cluster.config, clusterConfig(former))
  assert.is(hosts.text('m1', adminConf), conf(former))
})

test('a run that is cut off before or after any command is completed by the next one', async () => {
  const undisturbed = newCluster()
  await runAll(hostsOf(undisturbed), tasksTo(next, []))
  assert.ok(undisturbed.count > 7)
  for (let at = 1; at <= undisturbed.count; at += 1)
    for (const after of [false, true]) {
      const cluster = newCluster()
      const hosts = hostsOf(cluster)
      cluster.fails = { at, after }
      const first = await runAll(hosts, tasksTo(next, []))
      assert.is(first.at(-2), 'failed', `command ${at}`)
      const second = await runAll(hosts, tasksTo(next, []))
      assert.ok(
        second.every((one) => one === 'ok' || one === 'changed'),
        `command ${at}: ${second.join()}`,
      )
      assertAt(hosts, cluster, next)
      assert.equal(new Set(await runAll(hosts, tasksTo(next, []))), new Set(['ok']))
    }
})

test('a run that ends after any task goes back if the inventory has the former endpoint again', async () => {
  const { length } = tasksTo(next, [])
  for (let tasks = 1; tasks <= length; tasks += 1) {
    const cluster = newCluster()
    const hosts = hostsOf(cluster)
    await runAll(hosts, tasksTo(next, []).slice(0, tasks))
    const back = await runAll(hosts, tasksTo(former, []))
    assert.ok(
      back.every((one) => one === 'ok' || one === 'changed'),
      `${tasks} tasks: ${back.join()}`,
    )
    assert.match(cluster.config, `controlPlaneEndpoint: ${former}\n`)
    for (const host of [...names, 'w1']) {
      assert.is(hosts.text(host, kubeletConf), conf(former))
      assert.type(hosts.text(host, record), 'undefined')
    }
    assert.is(cluster.proxy, conf(former))
  }
})
