/** Errors for reporters. */
import * as assert from 'uvu/assert'
import { CoxswainError } from '../../engine/errors.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { reportError } from '../../engine/run/report-error.ts'
import { Secret, mask } from '../../engine/secret.ts'
import { suite } from '../support/spec.ts'

const test = suite('reported errors')

test('a long message is shortened after masking: no part of a secret remains', () => {
  const redactor = new Redactor()
  redactor.learn(new Secret('Tr0ub4dor-and-3'))
  for (let before = 1180; before <= 1200; before += 1) {
    const text = `${'x '.repeat(before / 2)}Tr0ub4dor-and-3 ${'y '.repeat(1000)}`
    const cause = new Error(text)
    const { message, causes } = reportError(new CoxswainError('command-failed', text, { cause }), redactor)
    for (const shown of [message, ...causes]) {
      assert.not.match(shown, /Tr0/)
      assert.ok(shown.length <= 1202 && shown.endsWith(' …'))
    }
  }
})

test('a message of normal length is shown in full', () => {
  const redactor = new Redactor()
  redactor.learn(new Secret('Tr0ub4dor-and-3'))
  const { message } = reportError(new CoxswainError('command-failed', 'from: x Tr0ub4dor-and-3'), redactor)
  assert.is(message, `from: x ${mask}`)
})
