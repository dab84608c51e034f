import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { failures, failuresPage } from '../../docs/failures.ts'
import { suite } from '../support/spec.ts'

const test = suite('the page of failures')

const root = resolve(import.meta.dirname, '../..')
const textOf = (file: string): string => readFileSync(resolve(root, file), 'utf8')

test('it matches the tables; `npm run docs` generates it', () =>
  assert.is(textOf('docs/failures.md'), failuresPage()))

test('each test that it names exists under its title', () => {
  const named = failures.flatMap(({ tests }) => tests)
  assert.ok(named.length > 40)
  assert.equal(
    named.filter(([file, title]) =>
      ["'", '`', '"'].every((quote) => !textOf(file).includes(`${quote}${title}`)),
    ),
    [],
  )
})

test('each failure about which something is done has a test', () => {
  assert.equal(
    failures
      .filter(({ answer, tests }) => answer !== 'not covered' && tests.length === 0)
      .map(({ what }) => what),
    [],
  )
})
