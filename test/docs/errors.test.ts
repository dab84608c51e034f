import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { errorsPage } from '../../docs/errors.ts'
import { errorCodes, explain } from '../../engine/error-codes.ts'
import { suite } from '../support/spec.ts'

const test = suite('the page of errors')

test('it is as the table of codes says; `npm run docs` makes it anew', () =>
  assert.is(readFileSync(resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8'), errorsPage()))

test('each code says in a sentence what happened, and what to do', () => {
  assert.ok(errorCodes.length > 25)
  for (const code of errorCodes) {
    const { what, hint } = explain(code)
    assert.match(what, /^\S.{15,}\.$/, code)
    assert.match(hint, /\S.{5,}[^.]$/, code)
  }
})
