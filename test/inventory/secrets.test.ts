/** Secrets in inventories: their forms, and that no error shows one. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { secret, secretNames } from '../../engine/dsl/schema.ts'
import { renderPlace } from '../../engine/inventory/place.ts'
import { connectionVarsOf } from '../../engine/inventory/variables/connection-vars.ts'
import { variablesOf } from '../../engine/inventory/variables/validate.ts'
import { parseExtra } from '../../engine/inventory/variables/typed.ts'
import { rejects } from '../support/rejects.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'
import { hostReader } from './host-of.ts'

const test = suite('secrets in inventories')

const folder = folderOf(test)
const hostOf = hostReader(folder)

const written: [string, string][] = [
  ['31415926', '31415926'],
  ['007', '007'],
  ['1e3', '1e3'],
  ['1.10', '1.10'],
  ['0x1F', '0x1F'],
  ['+5', '+5'],
  ['12345678901234567890', '12345678901234567890'],
  ["'007'", '007'],
]
for (const [yaml, text] of written) {
  test(`a password written as ${yaml} is ${text}`, async () => {
    const login = connectionVarsOf(await hostOf(`all:\n  hosts:\n    a: { password: ${yaml} }\n`))
    assert.is(login.password?.reveal(), text)
    const become = connectionVarsOf(
      await hostOf(`all:\n  hosts:\n    a: { ansible_become_password: ${yaml} }\n`),
    )
    assert.is(become.become_password?.reveal(), text)
  })
}

test('a secret of a playbook is the text as written, at any depth', async () => {
  const schema = z.object({
    pin: secret(),
    port: z.number(),
    registry: z.object({ port: z.number(), tokens: z.array(secret()) }),
  })
  const host = await hostOf(
    'all:\n  hosts:\n    a: { port: 010, registry: { port: 80, tokens: [0042, x] } }\n',
    ['pin=007'],
  )
  const vars = variablesOf(schema, host)
  assert.is(vars.pin.reveal(), '007')
  assert.equal(
    vars.registry.tokens.map((token) => token.reveal()),
    ['0042', 'x'],
  )
  assert.equal([vars.port, vars.registry.port], [8, 80])
})

test('an invalid password is reported with its place, without the line', async () => {
  const host = await hostOf('all:\n  hosts:\n    a:\n      ansible_become_password: [31415926]\n')
  const error = await rejects(
    () => connectionVarsOf(host),
    'inventory-invalid',
    'become_password: a secret is needed',
  )
  assert.equal([error.place?.line, error.place?.column, error.place?.excerpt], [4, 7, undefined])
  assert.not.match(error.place === undefined ? '' : renderPlace(error.place), '31415926')
})

test('another error on the same line does not show it either', async () => {
  const host = await hostOf('all:\n  hosts:\n    a: { password: hush, pin: [hush], port: many }\n')
  const error = await rejects(() => connectionVarsOf(host), 'inventory-invalid', 'port')
  assert.equal([error.place?.line, error.place?.excerpt], [3, undefined])
  const schema = z.object({ port: z.number(), pin: z.array(secret()) })
  const problem = await rejects(() => variablesOf(schema, host), 'variables-invalid', 'port')
  assert.not.match(problem.message, 'hush')
  assert.match(problem.message, `inventory.yaml:3:`)
})

test('an invalid secret of a playbook is reported with its place, without the line', async () => {
  const host = await hostOf('all:\n  hosts:\n    a:\n      pin: [hush]\n      port: many\n')
  const schema = z.object({ pin: secret().describe('a pin').optional(), port: z.number() })
  const error = await rejects(() => variablesOf(schema, host), 'variables-invalid', 'pin: a secret is needed')
  assert.match(error.message, /inventory\.yaml:4:7$/m)
  assert.not.match(error.message, 'hush')
  assert.match(error.message, 'port: many')
})

test('errors of broken YAML and duplicate keys show no line that looks like a password', async () => {
  const broken = [
    'password: "hush',
    'ansible_ssh_pass: hush\n      ansible_ssh_pass: hush',
    'api-token: *hush',
  ]
  for (const line of broken) {
    const error = await rejects(
      () => hostOf(`all:\n  hosts:\n    a:\n      ${line}\n`),
      'inventory-invalid',
      /./,
    )
    assert.is(typeof error.place?.line, 'number')
    assert.not.match(error.message + (error.place === undefined ? '' : renderPlace(error.place)), 'hush')
  }
  // on the command line it is the typed text
  for (const [name, text] of [
    ['become_password', '[hush'],
    ['token', '"hush'],
  ] as const)
    assert.is((await parseExtra([`${name}=${text}`])).get(name)?.value, text)
})

test('which variables of a schema are secrets', () => {
  const schema = z
    .object({
      plain: z.string(),
      a: secret().optional(),
      b: z.object({ deep: z.array(secret()) }).default({ deep: [] }),
    })
    .and(z.object({ c: secret().nullable().describe('c') }))
  assert.equal([...secretNames(schema)].toSorted(), ['a', 'b', 'c'])
  assert.equal([...secretNames(z.unknown())], [])
})
