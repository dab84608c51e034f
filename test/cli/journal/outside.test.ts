import * as assert from 'uvu/assert'
import { outsideIn } from '../../../engine/cli/journal/outside.ts'
import { isOpaque } from '../../../engine/run/journal/signature.ts'
import { Secret } from '../../../engine/secret.ts'
import { suite } from '../../support/spec.ts'

const test = suite('inputs of a program from outside')

test('packages, the environment, the clock, random numbers, files', () => {
  const found: readonly (readonly [text: string, what: string])[] = [
    ["import { x } from 'lodash'", 'lodash'],
    ["import 'lodash'", 'lodash'],
    ["export * from '@scope/it'", '@scope/it'],
    ["const x = await import('./x.ts')", 'import'],
    ['import.meta.url', 'import'],
    ['const { env } = process', 'process'],
    ['const now = Date.now()', 'Date'],
    ['const now = new Date()', 'Date'],
    ['const now = new Date', 'Date'],
    ['Math.random()', 'random'],
    ['new Date(5).toLocaleString()', 'toLocaleString'],
    ["require('x')", 'require'],
  ]
  for (const [text, what] of found) assert.equal(outsideIn(`\n${text}`), { what, line: 2 }, text)
})

test('a program without inputs from outside', () => {
  for (const text of [
    "import { x } from './x.ts'\nimport { y } from '../y.ts'\nimport { z } from 'coxswain'\nimport t from 'coxswain/tasks'",
    "const day = new Date(5)\nconst other = new Date('2020-01-01T00:00:00Z')",
    'const processes = 1; const randomly = 2; const imports = 3; const update = 4',
  ])
    assert.is(outsideIn(text), undefined, text)
})

test('values without hidden state', () => {
  const self: { again?: unknown } = {}
  self.again = self
  for (const value of [
    1,
    'a',
    null,
    undefined,
    [1, { a: new Date(1) }],
    new Map([[1, new Set([2])]]),
    /x/u,
    self,
  ])
    assert.is(isOpaque(value), false)
  for (const value of [Buffer.from('a'), new Secret('hidden'), new URL('http://a')])
    assert.is(isOpaque({ value }), false)
})

test('values that can have hidden state', () => {
  class Hides {
    readonly #value = 1
    read(): number {
      return this.#value
    }
  }
  const values = [() => 1, new Hides(), { [Symbol('x')]: 1 }, new Map([[1, () => 2]]), Promise.resolve()]
  for (const value of [
    ...values,
    {
      get value() {
        return 1
      },
    },
  ])
    assert.is(isOpaque([{ value }, value]), true)
})
