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

test('a merge key gives the entries of what it names, and own keys win', () => {
  const text = `${base}    a: { port: 23, <<: *base }\n    b: { <<: *base, port: 24 }\n`
  assert.equal(variables(text, 'a'), { port: 23, user: 'ops', tags: { a: 1 } })
  assert.equal(variables(text, 'b'), { user: 'ops', tags: { a: 1 }, port: 24 })
})

test('of a list of merges the first wins, and merges may be merged', () => {
  const text = `${base}    a: { <<: [*more, *base] }\n    b: { <<: { <<: *base, user: me } }\n`
  assert.equal(variables(text, 'a'), { user: 'other', shell: 'dash', tags: { a: 1 }, port: 22 })
  assert.equal(variables(text, 'b'), { user: 'me', tags: { a: 1 }, port: 22 })
})

test('merge keys are expanded in groups, in hosts and deep in values', () => {
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

test('what was merged has the place where it is written', () => {
  const variable = read(`${base}    a: { <<: *more }\n`).hosts.get('a')?.variables.get('shell')
  assert.is(variable && place(variable), '6:7')
})

const wrong: [string, string, RegExp, string][] = [
  ['a merge of a word', 'all: { vars: { <<: word } }', /a merge key takes maps/, '1:20'],
  ['a merge of a list with a word', 'all: { vars: { <<: [{ a: 1 }, word] } }', /takes maps/, '1:31'],
  ['a merge of itself', 'all: { vars: &v { <<: *v } }', /inside of what it names/, '1:23'],
  ['a merge deep in a value', 'all: { vars: { x: { <<: word } } }', /takes maps/, '1:25'],
  ['two merge keys', 'all: { vars: { <<: { a: 1 }, <<: { b: 1 } } }', /stands here twice/, '1:30'],
  ['an alias of nothing', 'all: { vars: { x: *none } }', /an alias of nothing/, '1:19'],
  ['an alias within its own value', 'all: { vars: { x: &x [*x] } }', /inside of what it names/, '1:23'],
]
for (const [what, text, message, at] of wrong) {
  test(`${what} is refused at its place`, async () => {
    const error = await rejects(() => read(text), 'inventory-invalid', message)
    assert.is(`${error.place?.line}:${error.place?.column}`, at)
  })
}

test('a name in quotes is what is written, and so is one that only YAML 1.2 takes for a number', () => {
  const text = 'all:\n  hosts:\n    "007":\n    "no":\n    1e3:\n    08:\n    "1.10":\n'
  assert.equal(names(text), ['007', 'no', '1e3', '08', '1.10'])
})

for (const name of ['007', '1.10', '0x1F', 'true', 'no', '~', '2024-01-02', '22:22', '!!int "5"']) {
  test(`${name} without quotes is no name of a host or group, as in Ansible`, async () => {
    for (const [text, what] of [
      [`all:\n  hosts:\n    ${name}:\n`, 'host'],
      [`all:\n  children:\n    ${name}:\n`, 'group'],
    ] as const) {
      const error = await rejects(() => read(text), 'inventory-invalid', `the name of a ${what} is`)
      assert.is(error.place?.line, 3)
      assert.match(error.hint, 'put it in quotes')
    }
    await rejects(() => read(`${name}:\n  hosts:\n`), 'inventory-invalid', 'the name of a group is')
  })
}

test('keys deep in values are what is written, too', () => {
  assert.equal(readYaml('f', '{ 080: { 1.0: x } }').value, { '080': { '1.0': 'x' } })
})

test('a key is there twice when it is written alike, quoted or not', async () => {
  const error = await rejects(
    () => read('all:\n  hosts:\n    "007":\n    007:\n'),
    'inventory-invalid',
    'stands here twice',
  )
  assert.is(error.place?.line, 4)
})
