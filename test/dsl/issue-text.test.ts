import * as assert from 'uvu/assert'
import { z } from 'zod'
import { issueText } from '../../engine/dsl/issue-text.ts'
import { fileMode, flag, secret } from '../../engine/dsl/schema.ts'
import { suite } from '../support/spec.ts'

const test = suite('messages of schemas')

const said = (schema: z.ZodType, value: unknown): string =>
  schema.safeParse(value).error?.issues.map(issueText).join('; ') ?? ''

test('types have common names', () => {
  assert.is(said(z.coerce.number(), 'abc'), 'a number is needed')
  assert.is(said(z.number().int(), 1.5), 'an integer is needed')
  assert.is(said(z.string(), 7), 'text is needed')
  assert.is(said(z.array(z.string()), 7), 'a list is needed')
  assert.is(said(z.object({}), 7), 'a map is needed')
  assert.is(said(z.enum(['tree', 'plain', 'json']), 'x'), 'tree, plain or json is needed')
  assert.is(said(z.literal(3), 'x'), '3 is needed')
})

test('a missing value is reported as missing', () => {
  assert.is(said(z.object({ key: z.string() }), {}), 'it is missing')
  assert.is(said(z.object({ key: z.coerce.string().nonoptional() }), {}), 'it is missing')
})

test('bounds', () => {
  assert.is(said(z.number().min(1), 0), 'at least 1 is needed')
  assert.is(said(z.number().positive(), 0), 'more than 0 is needed')
  assert.is(said(z.number().max(65535), 65536), 'at most 65535 is needed')
  assert.is(said(z.string().min(1), ''), 'it must not be empty')
  assert.is(said(z.string().min(3), ''), 'at least 3 characters are needed')
  assert.is(said(z.array(z.string()).min(2), []), 'at least 2 items are needed')
})

test('unions, unknown keys', () => {
  assert.is(said(z.union([z.string(), z.number()]), true), 'text is needed, or a number is needed')
  assert.is(said(z.strictObject({ a: z.string() }), { a: 'x', b: 1 }), 'unknown key: b')
})

test("the schema's own messages stay", () => {
  assert.is(said(fileMode(), 420), "octal digits as text are needed, such as '0644'")
  assert.is(said(secret(), []), 'a secret is needed, as text')
  assert.is(said(z.string({ error: 'give it a name' }), undefined), 'give it a name')
})

test('messages do not contain terms of JavaScript', () => {
  for (const schema of [z.number(), z.coerce.number(), flag(), z.iso.date(), z.map(z.string(), z.string())])
    for (const value of ['abc', undefined, null, {}, []])
      assert.not.match(said(schema, value), /NaN|received|undefined|Invalid input/, JSON.stringify(value))
})

test('messages never contain the value', () =>
  assert.not.match(said(z.object({ a: z.number() }), { a: 'hunter2' }), 'hunter2'))
