import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import { noFindings } from '../../../tasks/control/no-findings.ts'
import { suite } from '../../support/spec.ts'

const test = suite('no-findings')

const slow = { severity: 'warning', subject: 'm1', what: 'a slow disk', cure: 'replace it' } as const
const dead = { severity: 'fault', subject: 'm2-long', what: 'no answer', cure: 'start it' } as const

test('nothing found is ok', async () => {
  assert.is((await rehearse(noFindings({ findings: [] }), {})).outcome, 'ok')
})

test('findings fail with their own code, in columns, with what to do', async () => {
  const { error, outcome, predicted } = await rehearse(noFindings({ findings: [dead, slow, slow] }), {})
  assert.is(outcome, 'failed')
  assert.is(predicted, 'failed')
  assert.ok(isCoxswainError(error))
  assert.is(error.code, 'finding')
  assert.is(error.message, '1 fault, 2 warnings')
  assert.equal(error.output?.split('\n').slice(0, 3), [
    'fault    m2-long  no answer',
    '                  → start it',
    'warning  m1       a slow disk',
  ])
})

test('bad parameters', () => {
  assert.throws(() => noFindings.from({ findings: [{ ...slow, severity: 'bad' }] }), /severity/)
  assert.throws(() => noFindings.from({}), /findings/)
})
