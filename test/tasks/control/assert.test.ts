import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import { assert as assertTask } from '../../../tasks/control/assert.ts'
import { suite } from '../../support/spec.ts'

const test = suite('assert')

test('a true condition is ok, and sends nothing to the host', async () => {
  const { outcome, predicted, commands } = await rehearse(assertTask({ that: true, message: 'never' }), {})
  assert.equal([outcome, predicted, commands.check], ['ok', 'ok', []])
})

test('a question is sent to the host', async () => {
  const task = assertTask({
    that: async ({ remote }) => (await remote.query`nproc`.text()) !== '1',
    message: 'two processors are needed',
  })
  assert.is((await rehearse(task, { replies: { nproc: '2' } })).outcome, 'ok')
  const { outcome, predicted, error } = await rehearse(task, { replies: { nproc: '1' } })
  assert.equal([outcome, predicted], ['failed', 'failed'])
  assert.ok(isCoxswainError(error))
  assert.is(error.message, 'two processors are needed')
})

test('on the command line, the condition is a word', () => {
  assert.is(assertTask.from({ that: 'no', message: 'm' }).title, 'assert, or else: m')
  assert.throws(() => assertTask.from({ that: 'perhaps', message: 'm' }), /task assert: that/)
})
