/** What editors show of the public modules: each name that they export, and each property of what it takes, has a docstring. */
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { publicModules } from '../../engine/cli/loader/public-modules.ts'
import { publicNames } from '../support/public-names.ts'
import { suite } from '../support/spec.ts'

const test = suite('docstrings')
const root = resolve(import.meta.dirname, '../..')

const names = publicNames(
  root,
  'tsconfig.build.json',
  publicModules.map(({ source }) => source),
)

const docOf = (path: string): string | undefined => names.find((name) => name.path === path)?.doc

test('the names and their properties are read', () => {
  assert.ok(names.length > 400, `${names.length} names are read`)
  assert.match(docOf('playbook') ?? '', /^Defines a playbook/)
  assert.match(docOf('PlaySpec.serial') ?? '', /^How many hosts/)
  assert.match(docOf('sysctl') ?? '', /kernel parameter/)
})

test('each has a docstring', () => {
  const without = names.filter(({ doc }) => !/\w/.test(doc))
  assert.equal([...new Set(without.map(({ path, file }) => `${path} (${file})`))], [])
})

/** Units, and what a number counts or stands for. */
const unit =
  /\bseconds|bytes|percentage|\bMiB\b|how many|number of|\bline|column|status|\bUID|factor|hosts|mode\b/i

test('that of a number says its unit, or what it counts', () => {
  const numbers = names.filter(({ type }) => /\bnumber\b/.test(type) && !/[<{]|=>/.test(type))
  assert.ok(numbers.length > 20, `${numbers.length} numbers`)
  assert.equal(
    numbers.filter(({ doc }) => !unit.test(doc)).map(({ path, doc }) => `${path}: ${doc}`),
    [],
  )
})
