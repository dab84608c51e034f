/** The JSON Schema of inventories: the examples name it, and it agrees with the engine. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { flag, pick, playbook, secret, z } from '../../engine/index.ts'
import { inventoryJsonSchema } from '../../engine/inventory/json-schema.ts'
import { settingNames } from '../../engine/inventory/variables/setting-names.ts'
import { readYaml } from '../../engine/inventory/yaml/read.ts'
import haMasters from '../../playbooks/ha-masters.ts'
import { suite } from '../support/spec.ts'

const test = suite('JSON Schemas of inventories')

const examples = resolve(import.meta.dirname, '../../inventory')
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The places of all errors in a text; empty if it is valid. */
const checker = (schema: object): ((text: string) => string[]) => {
  // annotations (format, default) are for editors, not for validation
  const options = { strict: true, strictTypes: false, validateFormats: false, allErrors: true } as const
  const validate = new Ajv2020(options).compile(schema)
  return (text) => {
    validate(readYaml('i.yaml', text).value)
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

test('the committed schema matches the playbook', () => {
  const committed: unknown = JSON.parse(readFileSync(join(examples, 'ha-masters.schema.json'), 'utf8'))
  assert.equal(
    committed,
    JSON.parse(JSON.stringify(inventoryJsonSchema(haMasters))),
    'write it again: npx run schema playbooks/ha-masters.ts > inventory/ha-masters.schema.json',
  )
})

test('every example names its schema, and is valid', () => {
  // a lab writes its own inventory there
  const files = readdirSync(examples).filter((name) => name.endsWith('.yaml') && name !== 'lab.yaml')
  assert.ok(files.length > 0)
  for (const file of files) {
    const text = readFileSync(join(examples, file), 'utf8')
    const [, name = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? []
    const schema: unknown = JSON.parse(readFileSync(join(examples, name), 'utf8'))
    assert.equal(checker(isRecord(schema) ? schema : {})(text), [], file)
  }
})

const schema = inventoryJsonSchema(
  playbook({
    name: 'sample',
    vars: z.object({
      version: z.string().describe('of what is installed'),
      count: z.number().default(3),
      on: flag().optional(),
      pin: secret().optional(),
      mode: z.enum(['a', 'b']).optional(),
      items: z.array(z.object({ name: z.string() })).default([]),
    }),
    plays: ({ play }) => [
      play('one', { hosts: 'web:&dc1:!canary[0]', tasks: () => [] }),
      play('two', { hosts: pick('leader', { hosts: 'web', prefer: [] }), tasks: () => [] }),
      play('three', { hosts: 'all,~x.*,w*', tasks: () => [] }),
    ],
  }),
)

const problems = checker(schema)

test('valid inventories are valid', () => {
  const text = `all:
  vars: { version: 1.30, pin: 007, extra: [anything], port: 22, ansible_user: ops, on: yes }
  children:
    web:
      vars: { ansible_group_priority: 2, mode: a, items: [{ name: x }] }
      hosts:
        web[01:20]:
        w2: { address: 192.0.2.1, become: true, connection: ssh }
      children: { deep: { hosts: { d1: { count: 1 } } } }
ungrouped: { hosts: { lonely: } }
other:
`
  assert.equal(problems(text), [])
})

const wrong: [string, string, RegExp][] = [
  ['a misspelt key of a group', 'web: { host: { a: } }', /\/web must NOT have additional properties/],
  ['hosts as a list', 'web: { hosts: [a] }', /\/web\/hosts must be object,null/],
  ['a host that is a word', 'web: { hosts: { a: yes } }', /\/web\/hosts\/a must be object/],
  ['a group with a blank', '"my group": {}', /property name must be valid/],
  ['a port that is none', 'web: { hosts: { a: { port: 0 } } }', /\/a\/port must be >= 1/],
  ['by Ansible’s name, too', 'web: { vars: { ansible_port: many } }', /ansible_port must be integer/],
  ['a variable of another type', 'web: { vars: { count: many } }', /count must be number/],
  ['a variable deep in a group', 'a: { children: { b: { vars: { mode: c } } } }', /mode must be equal/],
  ['a priority that is a word', 'web: { vars: { ansible_group_priority: x } }', /must be integer/],
  ['a part of a list', 'web: { vars: { items: [{}] } }', /items\/0 must have required property 'name'/],
]
for (const [what, text, message] of wrong) {
  test(`${what} is not valid`, () => assert.match(problems(text).join('\n'), message))
}

test('editors get descriptions, defaults, settings and groups', () => {
  const text = JSON.stringify(schema)
  assert.match(text, '"description":"of what is installed (required)"')
  assert.match(text, '"default":3')
  for (const name of settingNames) assert.match(text, `"${name}":{`)
  assert.match(text, '"web":{"$ref":"#/$defs/group","description":"used by the plays: one; two"}')
  assert.match(text, '"dc1":{')
  assert.not.match(text, '"w*"')
})
