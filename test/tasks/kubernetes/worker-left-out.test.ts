import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { workerLeftOut } from '../../../tasks/kubernetes/worker-left-out.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('worker-left-out')

const task = workerLeftOut({ node: 'w2', version: 'v1.36.3', next: 'v1.37.2' })
const leftOut = (kubelet: string) => rehearse(task, { patterns: [[/get node w2 .*kubeletVersion/, kubelet]] })

test('a worker that API servers of the next version accept is named', async () => {
  const run = await leftOut('v1.34.4')
  assert.equal([run.predicted, run.outcome], ['ok', 'ok'], String(run.error))
  assert.equal(run.commands.apply, [])
})

test('one that they would not accept is refused, with the ways out', async () => {
  const run = await leftOut('v1.33.1')
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(
    String(run.error),
    'w2 cannot be reached, and is needed: its kubelet v1.33.1 is too old for the API server v1.37.2',
  )
  assert.match(hintOf(run.error), 'lost_workers')
})

test('a worker that has the version already is ok', async () => {
  assert.is((await leftOut('v1.36.3')).outcome, 'ok')
})

test('a node that the cluster does not have, and bad parameters, are refused', async () => {
  assert.match(String((await leftOut('')).error), 'the cluster does not have a node w2')
  assert.throws(() => workerLeftOut({ node: 'w2', version: 'v1.36.3', next: 'v1.99.0' }), 'not known')
})
