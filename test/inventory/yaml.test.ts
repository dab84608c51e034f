import * as assert from 'uvu/assert'
import { InventoryDraft } from '../../engine/inventory/draft.ts'
import type { Variable } from '../../engine/inventory/types.ts'
import { readYamlInventory } from '../../engine/inventory/sources/yaml-source.ts'
import { textsOf } from '../../engine/inventory/scalar-tree.ts'
import { readYaml } from '../../engine/inventory/yaml/read.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('YAML of inventories')

const read = (text: string) => {
  const draft = new InventoryDraft()
  readYamlInventory(draft, 'i.yaml', text)
  return draft.finish()
}
const names = (text: string): string[] => [...read(text).hosts.keys()]
const variables = (text: string, host: string): Record<string, unknown> =>
  Object.fromEntries(
    [...(read(text).hosts.get(host)?.variables ?? [])].map(([key, { value }]) => [key, value]),
  )
const place = ({ place: { line, column } }: Variable): string => `${line}:${column}`

const base = `all:
  vars:
    base: &base { user: ops, tags: { a: 1 }, port: 22 }
    more: &more
      user: other
      shell: dash
  hosts:
`

test('a merge key adds the entries of its map, and own keys win', () => {
  const text = `${base}    a: { port: 23, <<: *base }\n    b: { <<: *base, port: 24 }\n`
  assert.equal(variables(text, 'a'), { port: 23, user: 'ops', tags: { a: 1 } })
  assert.equal(variables(text, 'b'), { user: 'ops', tags: { a: 1 }, port: 24 })
})

test('of a list of merges the first wins, and merges can be nested', () => {
  const text = `${base}    a: { <<: [*more, *base] }\n    b: { <<: { <<: *base, user: me } }\n`
  assert.equal(variables(text, 'a'), { user: 'other', shell: 'dash', tags: { a: 1 }, port: 22 })
  assert.equal(variables(text, 'b'), { user: 'me', tags: { a: 1 }, port: 22 })
})

test('merge keys are expanded in groups, in hosts and in nested values', () => {
  const text = `x: &x
  hosts: { a: { deep: { <<: { n: 007 }, m: 1 } } }
y:
  <<: *x
  vars: { v: 1 }
`
  const inventory = read(text)
  assert.equal(inventory.groups.get('y')?.hosts, ['a'])
  assert.equal(inventory.hosts.get('a')?.variables.get('deep')?.value, { n: 7, m: 1 })
  assert.equal(textsOf(inventory.hosts.get('a')?.variables.get('deep')?.written), { n: '007', m: '1' })
})

test('a merged entry has the place where it is written', () => {
  const variable = read(`${base}    a: { <<: *more }\n`).hosts.get('a')?.variables.get('shell')
  assert.is(variable && place(variable), '6:7')
})

const wrong: [string, string, RegExp, string][] = [
  ['a merge of a word', 'all: { vars: { <<: word } }', /a merge key requires maps/, '1:20'],
  ['a merge of a list with a word', 'all: { vars: { <<: [{ a: 1 }, word] } }', /requires maps/, '1:31'],
  ['a merge of itself', 'all: { vars: &v { <<: *v } }', /inside its own anchor/, '1:23'],
  ['a merge deep in a value', 'all: { vars: { x: { <<: word } } }', /requires maps/, '1:25'],
  ['two merge keys', 'all: { vars: { <<: { a: 1 }, <<: { b: 1 } } }', /is set twice/, '1:30'],
  ['an alias of nothing', 'all: { vars: { x: *none } }', /an alias without an anchor/, '1:19'],
  ['an alias within its own value', 'all: { vars: { x: &x [*x] } }', /inside its own anchor/, '1:23'],
]
for (const [what, text, message, at] of wrong) {
  test(`${what} is refused at its place`, async () => {
    const error = await rejects(() => read(text), 'inventory-invalid', message)
    assert.is(`${error.place?.line}:${error.place?.column}`, at)
  })
}

test('a name in quotes is kept as written, and so is one that is a number only in YAML 1.2', () => {
  const text = 'all:\n  hosts:\n    "007":\n    "no":\n    1e3:\n    08:\n    "1.10":\n'
  assert.equal(names(text), ['007', 'no', '1e3', '08', '1.10'])
})

for (const name of ['007', '1.10', '0x1F', 'true', 'no', '~', '2024-01-02', '22:22', '!!int "5"']) {
  test(`${name} without quotes cannot be the name of a host or group, as in Ansible`, async () => {
    for (const [text, what] of [
      [`all:\n  hosts:\n    ${name}:\n`, 'host'],
      [`all:\n  children:\n    ${name}:\n`, 'group'],
    ] as const) {
      const error = await rejects(() => read(text), 'inventory-invalid', `the name of a ${what} must be text`)
      assert.is(error.place?.line, 3)
      assert.match(error.hint, 'quote it')
    }
    await rejects(() => read(`${name}:\n  hosts:\n`), 'inventory-invalid', 'the name of a group must be text')
  })
}

test('keys of nested values are also kept as written', () => {
  assert.equal(readYaml('f', '{ 080: { 1.0: x } }').value, { '080': { '1.0': 'x' } })
})

test('keys with the same text are duplicates, quoted or not', async () => {
  const error = await rejects(
    () => read('all:\n  hosts:\n    "007":\n    007:\n'),
    'inventory-invalid',
    'is set twice',
  )
  assert.is(error.place?.line, 4)
})

test('a syntax error has its column and says what to do', async () => {
  const cases = [
    ['all:\n  vars:\n    motd: a: b\n', '3:11', 'quote a value that contains'],
    ['all:\n  hosts:\n\ta:\n', '3:1', 'indent with spaces'],
    ['all:\n  hosts:\n    a: { b: c\n  x: 3\n', '4:3', 'close every { and ['],
  ] as const
  for (const [text, at, hint] of cases) {
    const error = await rejects(async () => readYaml('i.yaml', text), 'inventory-invalid', /./)
    assert.is(`${error.place?.line}:${error.place?.column}`, at, text)
    assert.match(error.hint, hint)
  }
})
