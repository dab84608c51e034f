/** Values that YAML 1.1 (Ansible) and YAML 1.2 read differently: one of these two values, or an error. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { fileMode, flag, secret, words } from '../../engine/dsl/schema.ts'
import { loadInventory } from '../../engine/inventory/load.ts'
import type { Host } from '../../engine/inventory/types.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { parseExtra } from '../../engine/inventory/variables/typed.ts'
import { validateAll, variablesOf } from '../../engine/inventory/variables/validate.ts'
import { readingsOf } from '../../engine/inventory/yaml/readings.ts'
import { isSecret } from '../../engine/secret.ts'
import { folderOf } from '../support/folder.ts'
import { plainVariables } from '../support/plain-variables.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'
import { hostReader } from './host-of.ts'

const test = suite('readings of values')
const folder = folderOf(test)
const hostOf = hostReader(folder)
const hostWith = (value: string): Promise<Host> => hostOf(`all:\n  hosts:\n    a:\n      v: ${value}\n`)
const readAs = async (schema: z.ZodType, value: string): Promise<unknown> =>
  variablesOf(z.object({ v: schema }), await hostWith(value)).v

/** The text, the value that Ansible reads, and whether YAML 1.2 reads another one. */
const table: [string, unknown, boolean][] = [
  ['no', false, true],
  ['No', false, true],
  ['off', false, true],
  ['yes', true, true],
  ['ON', true, true],
  ['true', true, false],
  ['False', false, false],
  ['y', 'y', false],
  ['nO', 'nO', false],
  ['0644', 420, true],
  ['0o17', '0o17', true],
  ['0989', '0989', true],
  ['1_000', 1000, true],
  ['0b101', 5, true],
  ['0x1F', 31, false],
  ['-0x1F', -31, true],
  ['22:22', 1342, true],
  ['1:2:3', 3723, true],
  ['190:20:30.15', 685_230.15, true],
  ['22:60', '22:60', false],
  ['1e3', '1e3', true],
  ['1.5e3', '1.5e3', true],
  ['1.5e+3', 1500, false],
  ['.5', 0.5, false],
  ['-.5', '-.5', true],
  ['1.', 1, false],
  ['+1', 1, false],
  ['1.30', 1.3, true],
  ['1.0', 1, true],
  ['-2.00', -2, true],
  ['0', 0, false],
  ['00', 0, false],
  ['123456789012345678901', '123456789012345678901', false],
  ['2024-01-02', '2024-01-02', true],
  ['2024-01-02 03:04:05', '2024-01-02 03:04:05', true],
  ['1.2.3', '1.2.3', false],
  ['192.0.2.1', '192.0.2.1', false],
]
for (const [text, value, ambiguous] of table) {
  test(`${text} is ${JSON.stringify(value)} as in Ansible`, async () => {
    assert.is(plainVariables((await hostWith(text)).variables)['v'], value)
    if (!/\.\d*0$/.test(text)) assert.is(readingsOf(text).ambiguous, ambiguous)
  })
  test(`a schema of text gets ${text} unchanged`, async () => {
    assert.is(await readAs(z.string(), text), text)
    assert.is(await readAs(z.coerce.string(), text), text)
    assert.equal(await readAs(z.array(z.string()), `[${text}]`), [text])
    assert.equal(await readAs(z.record(z.string(), z.coerce.string()), `{ k: ${text} }`), { k: text })
    const read = await readAs(secret(), text)
    assert.is(isSecret(read) && read.reveal(), text)
  })
  test(`without a type, ${text} ${ambiguous ? 'must be quoted' : 'is not ambiguous'}`, async () => {
    for (const loose of [z.any(), z.unknown(), z.union([z.string(), z.number(), z.boolean(), z.date()])]) {
      if (!ambiguous) {
        assert.is(await readAs(loose, text), value)
        continue
      }
      const error = await rejects(
        () => readAs(loose, text),
        'variables-invalid',
        `v: ${text} can mean the text or`,
      )
      assert.match(error.message, 'quote it')
      assert.match(error.message, 'inventory.yaml:4:10')
      await rejects(() => readAs(loose, `{ deep: [1, ${text}] }`), 'variables-invalid', /v(\.deep\.1)?: /)
    }
    assert.is(await readAs(z.any(), `"${text}"`), text)
    assert.is(await readAs(z.any(), `'${text}'`), text)
  })
}

const numbers: [string, number][] = [
  ['0644', 420],
  ['1_000', 1000],
  ['0b101', 5],
  ['22:22', 1342],
  ['+1', 1],
  ['.5', 0.5],
]
for (const [text, value] of numbers) {
  test(`a schema of a number gets ${value} from ${text}, as in Ansible`, async () => {
    assert.is(await readAs(z.number(), text), value)
    assert.is(await readAs(z.coerce.number(), text), value)
    assert.equal(await readAs(z.object({ deep: z.array(z.number()) }), `{ deep: [${text}] }`), {
      deep: [value],
    })
  })
}

test('a boolean schema reads no as false and yes as true', async () => {
  for (const schema of [z.boolean(), z.coerce.boolean(), z.stringbool(), flag()]) {
    assert.is(await readAs(schema, 'no'), false)
    assert.is(await readAs(schema, 'yes'), true)
  }
})

test('an enum gets the word itself', async () => {
  assert.is(await readAs(z.enum(['yes', 'no']), 'no'), 'no')
  assert.is(await readAs(z.literal('off').optional(), 'off'), 'off')
  assert.equal(await readAs(words(), 'no'), ['no'])
  assert.is(await readAs(fileMode().default('0600'), '0644'), '0644')
})

test('a number that is not one in YAML 1.1 is refused', async () => {
  await rejects(() => readAs(z.number(), '1e3'), 'variables-invalid', 'a number is needed')
  await rejects(() => readAs(z.number(), '0o17'), 'variables-invalid', 'a number is needed')
})

test('integers above 2^53 keep their digits, or are refused', async () => {
  const digits = '9007199254740993'
  assert.is(await readAs(z.string(), digits), digits)
  assert.is(await readAs(z.any(), digits), digits)
  assert.is(await readAs(z.bigint(), digits), 9007199254740993n)
  await rejects(() => readAs(z.number(), digits), 'variables-invalid', `${digits} is too large for a number`)
  await rejects(() => readAs(z.coerce.number(), digits), 'variables-invalid', 'too large for a number')
  assert.is(await readAs(z.number(), '9007199254740991'), 9007199254740991)
})

test('a schema of a date gets a date', async () => {
  const date = await readAs(z.date(), '2024-01-02')
  assert.is(date instanceof Date && date.toISOString(), '2024-01-02T00:00:00.000Z')
  assert.is(await readAs(z.iso.date(), '2024-01-02'), '2024-01-02')
})

test('of several types in a schema the one that matches is used', async () => {
  const schema = z.union([
    z.object({ kind: z.literal('mode'), value: z.string() }),
    z.object({ kind: z.literal('size'), value: z.number() }),
  ])
  assert.equal(await readAs(schema, '{ kind: mode, value: 0644 }'), { kind: 'mode', value: '0644' })
  assert.equal(await readAs(schema, '{ kind: size, value: 0644 }'), { kind: 'size', value: 420 })
  assert.equal(await readAs(z.lazy(() => z.array(schema)).optional(), '[{ kind: size, value: 0b11 }]'), [
    { kind: 'size', value: 3 },
  ])
})

test('properties that a schema omits can have any value', async () => {
  assert.equal(await readAs(z.object({ a: z.string() }), '{ a: no, b: no }'), { a: 'no' })
  await rejects(
    () => readAs(z.looseObject({ a: z.string() }), '{ a: no, b: no }'),
    'variables-invalid',
    'v.b: no can mean',
  )
})

test('an ambiguous variable without a schema is an error only if it is read', async () => {
  const host = await hostOf('all: { hosts: { a: { known: no, mode: 0644, fine: text } } }\n')
  const schema = z.looseObject({ known: z.boolean() })
  validateAll(schema, [host])
  const vars = variablesOf(schema, host)
  assert.is(vars.known, false)
  assert.is(vars['fine'], 'text')
  await rejects(() => vars['mode'], 'variables-invalid', 'mode: 0644 can mean the text or 420')
})

test('files of group_vars and host_vars are read alike', async () => {
  const source = folder.write('site/hosts', '[web]\nw1\n')
  folder.write('site/group_vars/web.yml', 'a: no\nb: 0644\n')
  folder.write('site/host_vars/w1', 'c: off\n')
  const host = resolveHosts(await loadInventory([source])).get('w1')
  assert.equal(plainVariables(host?.variables ?? new Map()), { a: false, b: 420, c: false })
})

test('INI has Python’s literals: no is text there', async () => {
  const source = folder.write('plain/hosts', '[web]\nw1 a=no b=0644 c=1_000 d=True\n')
  const host = resolveHosts(await loadInventory([source])).get('w1')
  if (host === undefined) throw new Error('no host')
  assert.equal(plainVariables(host.variables), { a: 'no', b: '0644', c: 1000, d: true })
  const loose = z.object({ a: z.any(), b: z.any(), c: z.any(), d: z.string() })
  assert.equal(variablesOf(loose, host), { a: 'no', b: '0644', c: 1000, d: 'True' })
})

test('a JSON file has the numbers of JSON', async () => {
  const source = folder.write(
    'json/hosts.yml',
    '{"all": {"hosts": {"a": {"n": 1e3, "m": 1.5e3, "s": "no"}}}}',
  )
  const host = resolveHosts(await loadInventory([source])).get('a')
  assert.equal(plainVariables(host?.variables ?? new Map()), { n: 1000, m: 1500, s: 'no' })
})

test('a number in JSON or with a tag is not text, even with final zeros', async () => {
  const source = folder.write('zeros/hosts.yml', '{"all": {"hosts": {"a": {"v": 1.30}}}}')
  const host = resolveHosts(await loadInventory([source])).get('a')
  if (host === undefined) throw new Error('no host')
  assert.is(variablesOf(z.object({ v: z.any() }), host).v, 1.3)
  assert.is(await readAs(z.any(), '!!float 1.30'), 1.3)
})

test('a version in INI or on the command line must be quoted without a type', async () => {
  const source = folder.write('versions/hosts', 'a v=1.30 w=\'"1.30"\'\n')
  const host = resolveHosts(await loadInventory([source])).get('a')
  if (host === undefined) throw new Error('no host')
  await rejects(
    () => variablesOf(z.object({ v: z.any() }), host),
    'variables-invalid',
    'v: 1.30 can mean the text or 1.3',
  )
  assert.is(variablesOf(z.object({ w: z.any() }), host).w, '1.30')
  assert.is(variablesOf(z.object({ v: z.number() }), host).v, 1.3)
  const typed = { name: 'a', variables: await parseExtra(['v=1.10']) }
  await rejects(
    () => variablesOf(z.object({ v: z.unknown() }), typed),
    'variables-invalid',
    'v: 1.10 can mean the text or 1.1',
  )
})

test('a tag determines the type of a value', async () => {
  assert.is(await readAs(z.any(), '!!str no'), 'no')
  assert.is(await readAs(z.any(), '!!int "5"'), 5)
})

test('the command line is read as YAML unless the schema is text', async () => {
  const host = { name: 'a', variables: await parseExtra(['v=no', 'w=0644']) }
  assert.equal(variablesOf(z.object({ v: z.boolean(), w: z.string() }), host), { v: false, w: '0644' })
})

test('an error shows no value that can be a secret', async () => {
  const host = await hostOf('all: { hosts: { a: { password: 0644 } } }\n')
  const error = await rejects(
    () => variablesOf(z.object({ password: z.any() }), host),
    'variables-invalid',
    'password',
  )
  assert.not.match(error.message, '0644')
})

const standard: [string, unknown][] = [
  ['!!set {b, a}', ['b', 'a']],
  ['!!set {}', []],
  [
    '!!omap [a: 1, b: text]',
    [
      ['a', 1],
      ['b', 'text'],
    ],
  ],
  [
    '!!pairs [a: 1, a: 2]',
    [
      ['a', 1],
      ['a', 2],
    ],
  ],
  ['!!float 1', 1],
  ['!!float "1e3"', 1000],
  ['!!int 010', 8],
  ['!!bool "no"', false],
  ['!!null text', null],
  ['!!str 010', '010'],
  ['! no', false],
  ['! "no"', 'no'],
]
for (const [text, value] of standard) {
  test(`${text} has the value that Ansible reads`, async () => {
    assert.equal(plainVariables((await hostWith(text)).variables)['v'], value)
  })
}

const misfits: [string, string][] = [
  ['!!int no', 'not a valid !!int'],
  ['!!int ""', 'not a valid !!int'],
  ['!!int 1.5', 'not a valid !!int'],
  ['!!float x', 'not a valid !!float'],
  ['!!bool maybe', 'not a valid !!bool'],
  ['!!str [a]', '!!str requires a scalar'],
  ['!!map [a]', '!!map requires a map'],
  ['!!seq {a: 1}', '!!seq requires a list'],
  ['!!foo x', 'unknown tag !!foo'],
  ['!!python/tuple [1]', 'unknown tag !!python/tuple'],
  ['!!binary aGVsbG8=', '!!binary is not supported'],
]
for (const [text, message] of misfits) {
  test(`${text} is refused at its place`, async () => {
    const error = await rejects(() => hostWith(text), 'inventory-invalid', message)
    assert.is(error.place?.line, 4)
  })
}
