import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { nodeCordon } from '../../../tasks/kubernetes/node-cordon.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { nodeWorld } from './node-world.ts'

const test = suite('node-cordon')

test('a node is cordoned and marked by one change of the node as it was read', async () => {
  const { world, state } = nodeWorld()
  const run = await rehearse(nodeCordon({ node: 'm2' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'node m2', from: 'takes new pods', to: 'cordoned' }])
  assert.equal(state(), { cordoned: true, marked: true })
  assert.equal(
    run.commands.apply.filter((script) => script.includes(' patch ')),
    [
      `kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=15s patch node m2 --type merge -p '{"metadata":{"resourceVersion":"100","annotations":{"coxswain/cordoned":"true"}},"spec":{"unschedulable":true}}'`,
    ],
  )
})

test('a node that an administrator has cordoned is not marked', async () => {
  const { world, log } = nodeWorld({ cordoned: true })
  assert.is((await rehearse(nodeCordon({ node: 'm2' }), world)).outcome, 'ok')
  assert.equal(log, [])
})

test('a change of the node by others is repeated on the node as it is then', async () => {
  const { world, state } = nodeWorld({ conflicts: 3 })
  const run = await rehearse(nodeCordon({ node: 'm2' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(state(), { cordoned: true, marked: true })
})

test('one that an administrator cordons meanwhile keeps the cordon of the administrator', async () => {
  const { world, log, state } = nodeWorld({ conflicts: 1, meanwhile: 'cordon' })
  const run = await rehearse(nodeCordon({ node: 'm2' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal([log, state()], [[], { cordoned: true, marked: false }])
})

test('a change that others always get in the way of is an error', async () => {
  const { world } = nodeWorld({ conflicts: 99 })
  const run = await rehearse(nodeCordon({ node: 'm2' }), {
    ...world,
    unpredictable: 'others change the node',
  })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'patch node m2')
})

test('another control-plane node can be asked', async () => {
  const { world, state } = nodeWorld()
  const run = await rehearse(nodeCordon({ node: 'm2', via: 'm1' }), { others: { m1: world } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(state().cordoned)
})

test('a node that does not exist, and a host without admin.conf, are named', async () => {
  const { world } = nodeWorld()
  const other = await rehearse(nodeCordon({ node: 'm7' }), world)
  assert.match(String(other.error), 'the cluster does not have a node m7')
  assert.match(hintOf(other.error), 'kubectl get nodes')
  const worker = await rehearse(nodeCordon({ node: 'm2' }), {})
  assert.match(String(worker.error), '/etc/kubernetes/admin.conf does not exist on host')
  assert.match(hintOf(worker.error), 'set via')
})

test('bad parameters are refused', () => {
  // @ts-expect-error: a node is required
  assert.throws(() => nodeCordon({}), 'node')
})
