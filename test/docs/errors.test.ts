import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { errorsPage } from '../../docs/errors.ts'
import { errorCodes, explain } from '../../engine/error-codes.ts'
import {
  isAnswer,
  isConnectionError,
  isExcusable,
  isPassing,
  isRetryable,
  isUserError,
} from '../../engine/error-kinds.ts'
import { suite } from '../support/spec.ts'

const test = suite('the page of errors')

test('it matches the table of codes; `npm run docs` generates it', () =>
  assert.is(readFileSync(resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8'), errorsPage()))

test('each code has a sentence for what happened, and a hint', () => {
  assert.ok(errorCodes.length > 25)
  for (const code of errorCodes) {
    const { what, hint } = explain(code)
    assert.match(what, /^\S.{15,}\.$/, code)
    assert.match(hint, /\S.{5,}[^.]$/, code)
  }
})

test('the sets of codes match the columns of the table', () => {
  assert.equal(errorCodes.filter(isAnswer), [
    'command-failed',
    'command-timeout',
    'read-failed',
    'task-failed',
    'finding',
  ])
  assert.equal(errorCodes.filter(isPassing), [
    'command-failed',
    'command-timeout',
    'read-failed',
    'connection-lost',
  ])
  assert.equal(errorCodes.filter(isExcusable), [
    'command-failed',
    'write-failed',
    'read-failed',
    'task-failed',
  ])
  assert.ok(errorCodes.filter(isConnectionError).includes('connect-failed'))
  assert.not.ok(errorCodes.some((code) => isConnectionError(code) && explain(code).exit !== 4))
})

test('errors before the run are caused by the user or the environment, never by a bug', () => {
  assert.equal(
    errorCodes.filter((code) => explain(code).fault === 'coxswain'),
    ['internal'],
  )
  assert.equal(
    errorCodes.filter((code) => explain(code).exit === 1 && !isUserError(code)),
    ['secret-broken', 'secret-command-failed', 'too-few-open-files'],
  )
})

test('an error of the user is not retried, unless code or files can change between attempts', () =>
  assert.equal(
    errorCodes.filter((code) => isUserError(code) && isRetryable(code)),
    ['load-failed', 'author-error'],
  ))
