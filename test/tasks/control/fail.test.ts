import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { fail } from '../../../tasks/control/fail.ts'
import { suite } from '../../support/spec.ts'

const test = suite('fail')

test('it fails with its message, also under --check', async () => {
  const { outcome, predicted, error } = await rehearse(fail({ message: 'the disk is too small' }), {})
  assert.equal([outcome, predicted], ['failed', 'failed'])
  assert.ok(error instanceof Error)
  assert.is(error.message, 'the disk is too small')
})

test('it requires a message', () => {
  assert.throws(() => fail.from({}), /task fail: message/)
})
