import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { rejoinInterrupted } from '../../../tasks/kubernetes/rejoin-interrupted.ts'
import { suite } from '../../support/spec.ts'
import { record } from './rejoin-world.ts'

const test = suite('rejoin-interrupted')

test('it is so where a record is left, and only there', async () => {
  assert.is((await rehearse(rejoinInterrupted(), { files: { [record]: '{}' } })).outcome, 'ok')
  const run = await rehearse(rejoinInterrupted(), {})
  assert.is(run.outcome, 'failed')
})
