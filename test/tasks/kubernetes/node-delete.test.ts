import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { nodeDelete } from '../../../tasks/kubernetes/node-delete.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { nodeWorld } from './node-world.ts'

const test = suite('node-delete')

test('the Node of a host that is lost is deleted', async () => {
  const { world, log } = nodeWorld({ ready: 'Unknown' })
  const run = await rehearse(nodeDelete({ node: 'm2' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'node m2', from: 'present', to: undefined }])
  assert.equal(log, ['delete --ignore-not-found --wait=false'])
})

test('a Node that does not exist is deleted already', async () => {
  const { world, log } = nodeWorld()
  assert.equal([(await rehearse(nodeDelete({ node: 'm9' }), world)).outcome, log], ['ok', []])
})

test('it is refused while the kubelet reports', async () => {
  const { world, log } = nodeWorld()
  const run = await rehearse(nodeDelete({ node: 'm2' }), world)
  assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
  assert.match(String(run.error), 'm2 is not lost: its kubelet reports')
  assert.match(hintOf(run.error), 'wait a minute')
})

test('it waits for the cluster to notice that the kubelet does not report', async () => {
  const { world, log } = nodeWorld({ noticed: 3 })
  const run = await rehearse(nodeDelete({ node: 'm2', timeout: 60 }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(log, ['delete --ignore-not-found --wait=false'])
})

test('it is refused if the kubelet still reports after the time to wait', async () => {
  const { world, log } = nodeWorld()
  const unpredictable = 'whether the kubelet reports is known after the wait'
  const run = await rehearse(nodeDelete({ node: 'm2', timeout: 0.001 }), { ...world, unpredictable })
  assert.equal([run.predicted, run.outcome, log], ['would change', 'failed', []])
  assert.match(String(run.error), 'm2 is not lost: its kubelet reports')
})

test('bad parameters are refused', () => {
  // @ts-expect-error: a node is required
  assert.throws(() => nodeDelete({}), 'node')
})
