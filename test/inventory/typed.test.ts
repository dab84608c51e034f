import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { z } from 'zod'
import { flag, portNumber, secret } from '../../engine/dsl/schema.ts'
import { connectionVarsOf } from '../../engine/inventory/variables/connection-vars.ts'
import { parseVariables } from '../../engine/inventory/variables/parse.ts'
import { extraNames, parseExtra } from '../../engine/inventory/variables/typed.ts'
import { validateAll } from '../../engine/inventory/variables/validate.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('variables of the command line')
const folder = folderOf(test)

const given = async (schema: z.ZodType, text: string): Promise<unknown> => {
  const parsed = parseVariables(z.object({ v: schema }), await parseExtra([`v=${text}`]))
  return parsed.success ? parsed.data.v : parsed.error.issues[0]?.message
}

test('text is kept as typed', async () => {
  for (const text of [
    '1.30',
    '0123',
    '1e3',
    'no',
    '~',
    'a #b',
    ' a ',
    'a\n\nb\nc',
    'a: b',
    '12345678901234567890',
  ])
    assert.is(await given(z.string(), text), text)
})

test('the schema converts numbers, booleans and lists', async () => {
  assert.is(await given(z.number(), '1.30'), 1.3)
  assert.is(await given(z.boolean(), 'true'), true)
  assert.equal(await given(z.array(z.string()), '[a, 1.30]'), ['a', '1.30'])
})

const looksLikeSyntax = [
  '&a b',
  '*a',
  '|',
  '>',
  '|x',
  '> x',
  '[a',
  '{a',
  '[1]x',
  '"a" b',
  "'a' b",
  '!x',
  '!x y',
  '%x',
  '@x',
  '`x`',
  ' 5 ',
  '5 ',
  '\ta',
  '',
  ' ',
  '- a',
  '-',
  '# x',
  '--- a',
  '...',
  '? a',
  'a: b',
  '<<',
  '=',
  'a\nb',
  '{{ x }}',
  '"a',
  "'a",
  '{',
  '[',
  '"',
  "'",
  ': a',
  '?',
  '0x10',
  '22:22',
  '1_000',
  '.inf',
  '2024-01-02',
  '!!foo x',
]
for (const text of looksLikeSyntax) {
  test(`a schema of text gets ${JSON.stringify(text)} unchanged`, async () => {
    for (const schema of [
      z.string(),
      z.coerce.string(),
      z.string().nullable(),
      z.union([z.string(), z.array(z.string())]),
    ])
      assert.is(await given(schema, text), text)
  })
}

test('a schema of text gets any text as typed, except in quotes or with our tags', async () => {
  const texts = fc
    .oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'[]{}&*!|>\'"%@`#:-?,~ \n\t01ax='.split('')) }))
    // except for several variables in one word
    .filter((text) => !/^(?:".*"|'.*'|!.*)$|[ \t][a-z_]\w*=/is.test(text))
  await fc.assert(
    fc.asyncProperty(texts, async (text) => assert.is(await given(z.string(), text), text)),
    propertyRuns(2000),
  )
})

test('a number is decimal', async () => {
  for (const schema of [z.number(), z.coerce.number(), z.coerce.bigint(), z.bigint()]) {
    for (const text of [
      '0x10',
      '0123',
      '1_000',
      '0b11',
      '22:22',
      '',
      ' ',
      ' 5 ',
      '5 ',
      'yes',
      '2024-01-02',
      '~',
      '[1]',
    ])
      assert.type(await given(schema, text), 'string', text)
  }
  for (const [text, value] of [
    ['5', 5],
    ['-1', -1],
    ['+1', 1],
    ['1.30', 1.3],
    ['.5', 0.5],
  ] as const) {
    assert.is(await given(z.number(), text), value)
    assert.is(await given(z.coerce.number(), text), value)
  }
  assert.is(await given(z.coerce.number(), ''), 'a number is needed')
})

test('dates and booleans are written as such', async () => {
  const date = await given(z.coerce.date(), '2024-01-02')
  assert.is(date instanceof Date && date.toISOString(), '2024-01-02T00:00:00.000Z')
  for (const text of ['5', '2024', 'yes', '~', '1,2', '[1,2]', '2024-13-45', 'true', ''])
    assert.type(await given(z.coerce.date(), text), 'string', text)
  for (const [text, value] of [
    ['no', false],
    ['yes', true],
    ['true', true],
    ['False', false],
    ['1', true],
    ['0', false],
  ] as const)
    assert.is(await given(z.coerce.boolean(), text), value)
  for (const text of ['2', 'maybe', '', '"no"', '[1]'])
    assert.type(await given(z.coerce.boolean(), text), 'string', text)
})

test('without a type, an ambiguous value must be quoted', async () => {
  for (const text of ['no', '0x10', '0123', '1_000', '22:22', '1.30', '1e3', '2024-01-02']) {
    assert.match(String(await given(z.any(), text)), 'can mean the text or', text)
    assert.is(await given(z.any(), `"${text}"`), text)
  }
  // a list or map in brackets is typed too, not printed by a program
  for (const text of ['[1.30]', '{"a": 1.30}', '[1e400]', '["a", {"b": 1.30}]'])
    for (const schema of [z.any(), z.unknown()])
      assert.match(String(await given(schema, text)), /can mean the text or .*: quote it/, text)
  assert.equal(await given(z.array(z.number()), '[1.30]'), [1.3])
  assert.equal(await given(z.array(z.string()), '[1.30]'), ['1.30'])
  for (const text of ['a: b', '- a', '# x', '? a', '[a', ' 5 ', '|'])
    assert.is(await given(z.any(), text), text)
  assert.equal(await given(z.any(), '{a: [1, no-thing]}'), { a: [1, 'no-thing'] })
})

test('an invalid list or map is text, which the schema refuses', async () => {
  assert.match(String(await given(z.array(z.string()), '[a')), 'expected array')
  assert.match(String(await given(z.record(z.string(), z.string()), '{a')), 'expected record')
})

test('a map gives several variables, in JSON or YAML', async () => {
  const variables = await parseExtra([
    '{"a": 1, "b": ["x", "0644"], "c": "no"}',
    '{d: yes, e: 0644}',
    'c=typed',
  ])
  const schema = z.object({
    a: z.number(),
    b: z.array(z.string()),
    c: z.string(),
    d: z.boolean(),
    e: z.string(),
  })
  assert.equal(parseVariables(schema, variables).data, {
    a: 1,
    b: ['x', '0644'],
    c: 'typed',
    d: true,
    e: '0644',
  })
  assert.is(variables.get('a')?.place.file, '-e a')
  assert.equal(extraNames('{"a": 1, "b": 2}'), ['a', 'b'])
  for (const word of ['{hush-hush', '{"hush-hush": "', '[1]', '{a: 1, a: hush-hush}', 'hush-hush'])
    assert.not.match((await rejects(() => parseExtra([word]), 'usage', 'nor a map')).message, 'hush-hush')
})

test('a file gives several variables, in JSON or YAML', async () => {
  const yaml = folder.write('vars.yml', 'a: 0644\nb: [x]\n')
  const json = folder.write('vars.json', '{"c": 1.50}')
  const schema = z.object({ a: z.string(), b: z.array(z.string()), c: z.number() })
  assert.equal(parseVariables(schema, await parseExtra([`@${yaml}`, `@${json}`])).data, {
    a: '0644',
    b: ['x'],
    c: 1.5,
  })
})

const valuesOf = async (word: string): Promise<unknown> =>
  Object.fromEntries([...(await parseExtra([word]))].map(([name, { value }]) => [name, value]))

test('several key=value pairs in one word are several variables, as in Ansible', async () => {
  for (const [word, values] of [
    ['a=1 b=2', { a: 1, b: 2 }],
    [' a=1\t b=x  ', { a: 1, b: 'x' }],
    ['a="x y" b=2', { a: 'x y', b: 2 }],
    ["a='x b=1' c=y", { a: 'x b=1', c: 'y' }],
    ['a=x"y z"w b=2', { a: 'x"y z"w', b: 2 }],
    ['a="x\\" b=1" c=2', { a: 'x" b=1', c: 2 }],
    ['a= b=2', { a: '', b: 2 }],
    ['a=[1, "x y"] b={c: d} e=f', { a: [1, 'x y'], b: { c: 'd' }, e: 'f' }],
    ['a=x=1 b=y==', { a: 'x=1', b: 'y==' }],
    ['a={{ x }} b=2', { a: '{{ x }}', b: 2 }],
  ] as const) {
    assert.equal(await valuesOf(word), values, word)
    assert.equal(extraNames(word), Object.keys(values), word)
  }
  const variables = await parseExtra(['a=1 b=2 a=3'])
  assert.equal([variables.get('a')?.value, variables.get('b')?.place.file], [3, '-e b'])
})

test('a value with blanks and without pairs is one value', async () => {
  for (const text of [
    'hello world',
    "don't stop",
    '--one=1 --two=2',
    'a (b=c)',
    'x =1',
    'key="a b" c',
    '-----BEGIN KEY-----\nab= c=\nd=e f=g',
  ])
    assert.equal(await valuesOf(`v=${text}`), { v: text }, text)
  assert.equal(await valuesOf('v=[a b=c]'), { v: ['a b=c'] })
})

test('a word that can be one value or several variables is refused, and not shown', async () => {
  for (const word of [
    'a=hush-hush b=2 c',
    'a=1 hush-hush b=2',
    "a=don't-hush-hush b=2",
    'a=[hush-hush b=2',
    'a="hush-hush b=2',
  ]) {
    const error = await rejects(() => parseExtra([word]), 'usage', 'several variables')
    assert.not.match(error.message, 'hush-hush')
    assert.match(error.hint ?? '', 'quote')
    await rejects(() => extraNames(word), 'usage', 'several variables')
  }
})

test('numbers in a map of -e are typed, in JSON too', async () => {
  const read = async (schema: z.ZodType): Promise<unknown> => {
    const parsed = parseVariables(z.object({ u: schema }), await parseExtra(['{"u": [1.30]}']))
    return parsed.success ? parsed.data.u : parsed.error.issues[0]?.message
  }
  assert.match(String(await read(z.unknown())), /can mean the text or .*: quote it/)
  assert.match(String(await read(z.array(z.any()))), /can mean the text or .*: quote it/)
  assert.equal(await read(z.array(z.string())), ['1.30'])
  assert.equal(await read(z.array(z.number())), [1.3])
})

test('an invalid value of -e: the option with what was read, and what to do', async () => {
  const extra = await parseExtra(['port=abc'])
  const settings = new Map([...extra].map(([name, variable]) => [name, { ...variable, called: name }]))
  const error = await rejects(
    async () => connectionVarsOf({ name: 'web1', settings }),
    'inventory-invalid',
    'port: a number is needed',
  )
  assert.is(error.place?.file, '-e port')
  assert.is(error.place?.excerpt, 'port=abc')
  assert.is(error.hint, 'fix the value of -e port')
})

test('a word that is nearly an allowed one: the error has the nearest; a secret of -e is not shown', async () => {
  const schema = z.object({ env: z.enum(['staging', 'production']), token: secret() })
  const check = async (...words: readonly string[]) => {
    const variables = await parseExtra(words)
    return rejects(
      async () => validateAll(schema, [{ name: 'web1', variables }]),
      'variables-invalid',
      'web1',
    )
  }
  const near = await check('env=prodution', 'token=hunter2')
  assert.match(
    near.message,
    'staging or production is needed, not "prodution" (did you mean production?)\n  -e env\n    env=prodution',
  )
  const hidden = await check('env=staging', 'token=[hunter2]')
  assert.not.match(hidden.message, 'hunter2')
})

test('an invalid value: what was read, what is allowed, the nearest word, and to fix it there', async () => {
  const schema = z.object({
    app_port: z.number().int().min(1).max(65_535).default(80),
    share: z.number().positive().default(1),
    debug: flag().default(false),
    strict: z.boolean().optional(),
    proxy_port: portNumber().optional(),
  })
  const cases = [
    ['app_port=abc', 'app_port: an integer from 1 to 65535 is needed, not "abc"\n'],
    ['app_port=70000', 'app_port: an integer from 1 to 65535 is needed, not 70000\n'],
    ['proxy_port=abc', 'proxy_port: an integer from 1 to 65535 is needed, not "abc"\n'],
    ['share=0', 'share: a number, more than 0, is needed, not 0\n'],
    ['debug=flase', 'debug: true or false is needed, not "flase" (did you mean false?)\n'],
    ['strict=ture', 'strict: true or false is needed, not "ture" (did you mean true?)\n'],
  ] as const
  for (const [word, message] of cases) {
    const variables = await parseExtra([word])
    const error = await rejects(
      async () => validateAll(schema, [{ name: 'web1', variables }]),
      'variables-invalid',
      message,
    )
    assert.is(error.hint, 'fix the value at the place shown')
  }
})

test('a variable that is not set: the hint says where to set it; with invalid values, both', async () => {
  const schema = z.object({ one: z.number(), two: z.number() })
  const hintOf = async (...words: readonly string[]) => {
    const variables = await parseExtra(words)
    const check = async () => validateAll(schema, [{ name: 'web1', variables }])
    return (await rejects(check, 'variables-invalid', 'is not set')).hint
  }
  assert.is(await hintOf('one=1'), 'set the variable in the inventory or with -e name=value')
  assert.match(await hintOf('one=x'), /^fix the values at the places shown, and set the variable/)
})
