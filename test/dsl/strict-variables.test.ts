import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { strictVariables, unguarded } from '../../engine/dsl/strict-variables.ts'
import { Secret, defineTask, playbook, secret, z } from '../../engine/index.ts'
import { settingNames } from '../../engine/inventory/variables/setting-names.ts'
import { variablesOf } from '../../engine/inventory/variables/validate.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('variables that a playbook reads')

const schema = z.object({
  port_of_app: z.number(),
  nothing: z.string().nullable().default(null),
  optional: z.string().optional(),
  password: secret().optional(),
  db: z.object({ host: z.string(), user: z.string().optional() }),
  sites: z.array(z.object({ name: z.string(), alias: z.string().optional() })).default([]),
  labels: z.record(z.string(), z.string()).default({}),
  anything: z.unknown(),
})
const vars = strictVariables(
  schema,
  schema.parse({
    port_of_app: 80,
    password: 'hunter2',
    db: { host: 'db1' },
    sites: [{ name: 'a' }],
    anything: { x: 1 },
  }),
)

/** Reads a property without type checks. */
const read = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined

test('a name that the schema does not have is an error with the nearest one', async () => {
  const one = await rejects(
    () => read(vars, 'prt_of_app'),
    'playbook-invalid',
    'unknown variable vars.prt_of_app',
  )
  assert.is(one.hint, 'did you mean vars.port_of_app?')
  const deep = await rejects(() => read(vars.db, 'hots'), 'playbook-invalid', 'unknown variable vars.db.hots')
  assert.is(deep.hint, 'did you mean vars.db.host?')
  await rejects(() => read(vars.sites[0], 'nmae'), 'playbook-invalid', 'vars.sites[0].nmae')
  await rejects(() => String(read(vars, 'prt')), 'playbook-invalid', 'vars.prt')
  const loose = strictVariables(z.unknown(), { web: 1 })
  await rejects(() => read(loose, 'wbe'), 'playbook-invalid', 'vars.wbe')
})

test('optional names and names of records can be missing', () => {
  assert.is(vars.optional, undefined)
  assert.is(vars.db.user, undefined)
  assert.is(vars.sites[0]?.alias, undefined)
  assert.is(vars.labels['x'], undefined)
  assert.is(vars.nothing, null)
  const { optional = 'default', ...rest } = vars
  assert.is(optional, 'default')
  assert.equal(Object.keys(rest).toSorted(), [
    'anything',
    'db',
    'labels',
    'nothing',
    'password',
    'port_of_app',
    'sites',
  ])
  assert.is('prt' in vars, false)
  assert.is('db' in vars, true)
  assert.is('x' in vars.db, false)
})

test('they can be spread, awaited, printed, compared and written as JSON', async () => {
  assert.is((await Promise.resolve(vars)).db.host, 'db1')
  assert.is({ ...vars }.port_of_app, 80)
  assert.is(read(JSON.parse(JSON.stringify(vars)), 'port_of_app'), 80)
  assert.match(inspect(vars), /host: 'db1'/)
  assert.equal(vars.db, { host: 'db1' })
  assert.is(vars.db, vars.db)
  assert.ok(vars.password instanceof Secret)
  assert.equal(
    [...vars.sites].map(({ name }) => name),
    ['a'],
  )
})

test('a schema of a task can read names that they do not have', async () => {
  const connect = defineTask({
    name: 'connect',
    description: '',
    params: z.object({ host: z.string(), timeout: z.number().optional(), more: z.unknown() }),
    apply: async () => {},
  })
  assert.equal(connect({ ...vars.db, more: undefined }).params, { host: 'db1', more: undefined })
  assert.equal(connect({ host: 'a', more: [vars.db, { deep: vars.sites }] }).params, {
    host: 'a',
    more: [{ host: 'db1' }, { deep: [{ name: 'a' }] }],
  })
  assert.equal(unguarded(vars.db), { host: 'db1' })
  // frozen as parameters, they are still read here
  assert.is(vars.db.host, 'db1')
  await rejects(() => read(vars.db, 'hots'), 'playbook-invalid', 'hots')
})

test('a missing value is never coerced to text or a number', async () => {
  const coercing = defineTask({
    name: 'coercing',
    description: '',
    params: z.object({
      text: z.coerce.string(),
      number: z.coerce.number().optional(),
      list: z.array(z.coerce.string()).default([]),
      map: z.record(z.string(), z.coerce.string()).default({}),
      either: z.union([z.coerce.number(), z.enum(['none'])]).default(1),
      maybe: z.coerce.string().nullable().default(null),
    }),
    apply: async () => {},
  })
  const refused: [object, string][] = [
    [{ text: undefined }, 'text: it is undefined'],
    [{ text: null }, 'text: it is null'],
    [{ text: { a: 1 } }, 'text: it is a map or a list'],
    [{ text: 'x', number: null }, 'number: it is null'],
    [{ text: 'x', list: ['a', undefined] }, 'list.1: it is undefined'],
    [{ text: 'x', map: { a: null } }, 'map.a: it is null'],
    [{ text: 'x', either: null }, 'either: it is null'],
    [{ text: new Secret('x') }, 'text: it does not take a secret'],
  ]
  for (const [input, message] of refused) await rejects(() => coercing.from(input), 'params-invalid', message)
  for (const input of [{ text: 1 }, { text: true, number: '3', either: 'none', maybe: null, list: [1] }])
    coercing.from(input)
})

test('a variable that cannot be read throws only when it is read', async () => {
  const unreadable = Object.defineProperty({ fine: 1 }, 'odd', {
    enumerable: true,
    get: () => {
      throw new Error('quote it')
    },
  })
  const strict = strictVariables(z.unknown(), unreadable)
  assert.is(read(strict, 'fine'), 1)
  assert.throws(() => read(strict, 'odd'), /quote it/)
})

test('an empty variable is not coerced to text', async () => {
  const place = { file: 'inventory.yaml', line: 3 }
  const variables = new Map([['release', { value: null, place }]])
  const error = await rejects(
    () => variablesOf(z.object({ release: z.coerce.string() }), { name: 'a', variables }),
    'variables-invalid',
    'release: a value is needed',
  )
  assert.match(error.message, 'inventory.yaml:3')
})

test('variables named like those of the connection are refused when the playbook is loaded', async () => {
  for (const name of settingNames) {
    const error = await rejects(
      () => playbook({ name: 'p', vars: z.looseObject({ [name]: z.string().optional() }), plays: () => [] }),
      'playbook-invalid',
      `${name} is a connection variable`,
    )
    assert.match(error.hint, `app_${name}`)
  }
})
