import * as assert from 'uvu/assert'
import { z } from 'zod'
import { Secret } from '../../../engine/secret.ts'
import { rehearse } from '../../../engine/testing.ts'
import { read } from '../../../tasks/files/read.ts'
import { rejects } from '../../support/rejects.ts'
import { isOpaque } from '../../../engine/run/journal/signature.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'

const test = suite('read')

const reads = (text: string, rest: object) =>
  valueOf(read.from({ path: '/x', ...rest }), { files: { '/x': text } })

test('it only reads', async () => {
  const run = await rehearse(read({ path: '/x' }), { files: { '/x': 'y' } })
  assert.equal([run.outcome, run.predicted], ['ok', 'ok'])
})

test('a text, lines, JSON and YAML', async () => {
  assert.is(await reads('a\nb\n', {}), 'a\nb\n')
  assert.equal(await reads('\uFEFFa\r\n\nb\n', { as: 'lines' }), ['a', '', 'b'])
  assert.equal(await reads('', { as: 'lines' }), [])
  assert.equal(await reads('{"a":[1]}\n', { as: 'json' }), { a: [1] })
  assert.equal(await reads('a: [1]\non: b\n', { as: 'yaml' }), { a: [1], on: 'b' })
})

test('INI: sections, comments, lines above the first heading, odd names', async () => {
  const text = `; c
top = 1
[a b]
k = v # more
k = "x # y"
long = one
  two
[__proto__]
constructor: z
[a b]
other =
`
  const value = await reads(text, { as: 'ini' })
  assert.equal(
    JSON.stringify(value),
    JSON.stringify({
      '': { top: '1' },
      'a b': { k: '"x # y"', long: 'one\ntwo', other: '' },
      ['__proto__']: { constructor: 'z' },
    }),
  )
  assert.is(Object.getPrototypeOf(value), Object.prototype)
})

test('a text that is not of the format is an error that names the file', async () => {
  await rejects(() => reads('{', { as: 'json' }), 'task-failed', '/x is not valid JSON')
  await rejects(() => reads('a: [', { as: 'yaml' }), 'task-failed', '/x is not valid YAML')
  // aliases of aliases: the value would have a thousand million parts
  const parts = Array.from(
    { length: 9 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(', ')}]`,
  )
  await rejects(
    () => reads(['a0: &a0 [x]', ...parts].join('\n'), { as: 'yaml' }),
    'task-failed',
    '/x is not valid YAML',
  )
})

test('a schema checks the value; two schemas are two facts', async () => {
  const world = { files: { '/x': '{"port":"80"}' } }
  const port = (schema: z.ZodType) => valueOf(read({ path: '/x', as: 'json', schema }), world)
  assert.equal(await port(z.object({ port: z.coerce.number() })), { port: 80 })
  await rejects(() => port(z.object({ port: z.number() })), 'task-failed', '/x is not what the schema wants')
  const lines = read({
    path: '/x',
    as: 'lines',
    schema: z.array(z.string().transform((line) => line.length)),
  })
  assert.equal(await valueOf(lines, world), [13])
  // facts whose parameters have an object of a class differ where the object differs
  assert.ok(isOpaque(read({ path: '/x', schema: z.string() }).params))
})

test('a file that does not exist is an error, or undefined', async () => {
  await rejects(() => valueOf(read({ path: '/none' }), {}), 'task-failed', '/none does not exist')
  assert.is(await valueOf(read({ path: '/none', as: 'json', optional: true }), {}), undefined)
})

test('a secret stays one', async () => {
  const value = await reads('hush\n', { hidden: true })
  assert.ok(value instanceof Secret)
  assert.throws(() => read({ path: '/x', as: 'json', hidden: true }), /a secret is text/)
})

test('bad parameters', () => {
  assert.throws(() => read({ path: 'x' }), /an absolute path is needed/)
  assert.throws(() => read.from({ path: '/x', as: 'toml' }), /as/)
})
