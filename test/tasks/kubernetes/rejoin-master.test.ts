/** A master that gets another name and address, and runs that end at any command. */
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/index.ts'
import { rejoinBegin } from '../../../tasks/kubernetes/rejoin-begin.ts'
import { rejoinMaster } from '../../../tasks/kubernetes/rejoin-master.ts'
import { suite } from '../../support/spec.ts'
import { record, rejoinWorld } from './rejoin-world.ts'

const test = suite('rejoin-master')

const self = { name: 'cp1', address: '10.0.0.21' }
const begin = rejoinBegin({ self, masters: 'm2' })
const configuration = {
  cluster: { kubernetesVersion: 'v1.20.2', controlPlaneEndpoint: '10.0.0.10:6443' },
  self,
  members: [self],
}
const rejoin = rejoinMaster({ configuration, masters: 'm2', patience: 0 })

const node = {
  labels: { 'kubernetes.io/hostname': 'm1', rack: '7' },
  annotations: { owner: 'ops' },
  taints: [{ key: 'dedicated', effect: 'NoSchedule' }],
}

test('it is recorded and drained, leaves with its member first, and joins with what its Node had', async () => {
  const world = rejoinWorld({ node })
  for (const task of [begin, rejoin]) {
    const predicted = await world.run(task, true)
    assert.is(predicted.outcome, 'would change', String(predicted.error))
    const run = await world.run(task)
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is((await world.run(task)).outcome, 'ok')
  }
  assert.equal(world.log, [
    'patch m1',
    'remove 11',
    'delete node m1',
    'reset',
    'join cp1 at 10.0.0.21',
    'patch cp1',
  ])
  assert.equal(
    [...world.nodes],
    [
      [
        'cp1',
        {
          labels: { 'kubernetes.io/hostname': 'cp1', rack: '7' },
          annotations: { owner: 'ops' },
          taints: [{ key: 'dedicated', effect: 'NoSchedule' }],
          cordoned: false,
        },
      ],
    ],
  )
  assert.equal(
    world.members.map(({ name, url }) => `${name} ${url}`),
    ['m2 https://10.0.0.2:2380', 'm3 https://10.0.0.3:2380', 'cp1 https://10.0.0.21:2380'],
  )
  assert.not.ok(world.host.files.has(record))
  // the others accept its connections from either address
  assert.equal(world.peerNames, ['10.0.0.1'])
  assert.is(String(world.host.files.get('/etc/coxswain/etcd-peer-addresses')?.content), '10.0.0.1\n')
})

test('an address alone keeps the name, and a name alone the address', async () => {
  for (const to of [
    { name: 'm1', address: '10.0.0.21' },
    { name: 'cp1', address: '10.0.0.1' },
  ]) {
    const world = rejoinWorld({ node })
    for (const task of [
      rejoinBegin({ self: to, masters: 'm2' }),
      rejoinMaster({
        configuration: { ...configuration, self: to, members: [to] },
        masters: 'm2',
        patience: 0,
      }),
    ]) {
      const run = await world.run(task)
      assert.is(run.outcome, 'changed', String(run.error))
      assert.is((await world.run(task)).outcome, 'ok')
    }
    assert.equal([...world.nodes.keys()], [to.name])
    assert.is(world.nodes.get(to.name)?.labels['rack'], '7')
    assert.equal(
      world.members.map(({ name }) => name),
      ['m2', 'm3', to.name],
    )
  }
})

test('a run that ends at any command is completed by the next one, and etcd never has fewer than two of its three members', async () => {
  const undisturbed = rejoinWorld({ node })
  await undisturbed.run(begin)
  await undisturbed.run(rejoin)
  const commands = undisturbed.commands()
  assert.ok(commands >= 6, `${commands} commands`)
  for (let at = 1; at <= commands; at += 1)
    for (const after of [false, true]) {
      const world = rejoinWorld({ node })
      assert.is((await world.run(begin)).outcome, 'changed')
      const ended = await world.run(rejoin, false, { at, after })
      const where = `command ${at}, ${after ? 'after' : 'before'} its effect`
      for (const task of [begin, rejoin]) {
        const run = await world.run(task)
        assert.ok(
          ['ok', 'changed'].includes(run.outcome),
          `${where}: ${ended.outcome}, then ${String(run.error)}`,
        )
      }
      assert.equal(
        world.members.map(({ name }) => name),
        ['m2', 'm3', 'cp1'],
        where,
      )
      assert.equal([...world.nodes.keys()], ['cp1'], where)
      assert.is(world.nodes.get('cp1')?.labels['rack'], '7', where)
      assert.equal(
        world.log.filter((line) => line.startsWith('remove') || line.startsWith('add')),
        ['remove 11'],
        where,
      )
      assert.is((await world.run(rejoin)).outcome, 'ok', where)
    }
})

test('a master whose former address is not there any more leaves: its member does not respond, and the others do', async () => {
  const world = rejoinWorld({ silent: ['10.0.0.1:'] })
  for (const task of [begin, rejoin]) {
    const run = await world.run(task)
    assert.is(run.outcome, 'changed', String(run.error))
  }
  assert.equal(
    world.members.map(({ name }) => name),
    ['m2', 'm3', 'cp1'],
  )
})

test('it does not leave without a record, and one that has begun to join does not become another one', async () => {
  const world = rejoinWorld()
  const unrecorded = await world.run(rejoin)
  assert.is(unrecorded.outcome, 'failed')
  assert.match(String(unrecorded.error), 'nothing is recorded of the former node of cp1')
  assert.equal(world.log, [])
  const other = rejoinWorld({
    files: {
      [record]: JSON.stringify({
        from: { name: 'm1', address: '10.0.0.1', peer: '10.0.0.1' },
        to: { name: 'cp9', address: '10.0.0.29' },
        stage: 'joining',
        kept: { labels: {}, annotations: {}, taints: [], cordoned: false },
      }),
    },
  })
  for (const task of [begin, rejoin]) {
    const run = await other.run(task)
    assert.ok(isCoxswainError(run.error))
    assert.match(String(run.error), 'cp1 is already joining as cp9 at 10.0.0.29, and not as cp1 at 10.0.0.21')
  }
})

test('former keys of encryption stay, because snapshots of etcd need them; other records of the former node go', async () => {
  const kept = '/etc/coxswain/replaced/encryption-before.yaml'
  const world = rejoinWorld({ files: { [kept]: 'keys', '/etc/coxswain/restart-kubelet': '' } })
  for (const task of [begin, rejoin]) await world.run(task)
  assert.ok(world.host.files.has(kept))
  assert.not.ok(world.host.files.has('/etc/coxswain/restart-kubelet'))
})

test('bad parameters are refused: a name with upper-case letters', () => {
  assert.throws(() =>
    rejoinMaster({ configuration: { ...configuration, self: { name: 'CP1', address: '10.0.0.21' } } }),
  )
})
