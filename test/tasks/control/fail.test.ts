import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { fail } from '../../../tasks/control/fail.ts'
import { suite } from '../../support/spec.ts'

const test = suite('fail')

test('it fails with its message, under --check too', async () => {
  const { outcome, foretold, error } = await rehearse(fail({ message: 'the disk is too small' }), {})
  assert.equal([outcome, foretold], ['failed', 'failed'])
  assert.ok(error instanceof Error)
  assert.is(error.message, 'the disk is too small')
})

test('it needs a message', () => {
  assert.throws(() => fail.from({}), /task fail: message/)
})
