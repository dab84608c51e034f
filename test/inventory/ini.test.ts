/** Inventories in INI, compared with results of Ansible 2.14 for the same lines. */
import * as assert from 'uvu/assert'
import { textsOf } from '../../engine/inventory/scalar-tree.ts'
import { InventoryDraft } from '../../engine/inventory/draft.ts'
import { hostsOfGroup } from '../../engine/inventory/graph.ts'
import { readIniInventory } from '../../engine/inventory/sources/ini.ts'
import { cutWords } from '../../engine/inventory/sources/ini-words.ts'
import { renderPlace } from '../../engine/inventory/place.ts'
import { pythonLiteral } from '../../engine/inventory/sources/python-literal.ts'
import type { Inventory, Variables } from '../../engine/inventory/types.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('INI inventories')

const read = (text: string): Inventory => {
  const draft = new InventoryDraft()
  readIniInventory(draft, 'hosts', text)
  return draft.finish()
}
const plain = (variables: Variables | undefined): Record<string, unknown> =>
  Object.fromEntries([...(variables ?? [])].map(([key, { value }]) => [key, value]))

const site = `# the first lines belong to nobody
lonely
; and this is a comment too
[web]
web[1:2]:2222   http_port=80 motd='two words' # the front
[fe80::1]:22

[db:vars]
engine = pg 15
listen = 5432
[db] # the back
db-a ansible_host=192.0.2.7
[site:children]
web
db # both
[site:vars]
tags=["a", 'b']
[all:vars]
who=everybody\r
`

test('groups, hosts, children and variables', () => {
  const inventory = read(site)
  assert.equal([...inventory.hosts.keys()], ['lonely', 'web1', 'web2', 'fe80::1', 'db-a'])
  assert.equal(hostsOfGroup(inventory, 'site'), ['web1', 'web2', 'fe80::1', 'db-a'])
  assert.equal(hostsOfGroup(inventory, 'ungrouped'), ['lonely'])
  assert.equal(plain(inventory.hosts.get('web2')?.variables), {
    ansible_port: 2222,
    http_port: 80,
    motd: 'two words',
  })
  assert.equal(plain(inventory.hosts.get('fe80::1')?.variables), { ansible_port: 22 })
  assert.equal(plain(inventory.groups.get('db')?.variables), { engine: 'pg 15', listen: 5432 })
  assert.equal(plain(inventory.groups.get('site')?.variables), { tags: ['a', 'b'] })
  assert.equal(plain(inventory.groups.get('all')?.variables), { who: 'everybody' })
})

test('every variable has its place', () => {
  const inventory = read(site)
  const motd = inventory.hosts.get('web1')?.variables.get('motd')
  assert.equal([motd?.place.file, motd?.place.line, motd?.place.column], ['hosts', 5, 30])
  const listen = inventory.groups.get('db')?.variables.get('listen')
  assert.equal([listen?.place.line, textsOf(listen?.written), listen?.typed], [10, '5432', '5432'])
})

/** Values on a host's line, and how they are read. */
const hostValues: [string, unknown][] = [
  ['0644', '0644'],
  ['1.30', 1.3],
  ['True', true],
  ['true', 'true'],
  ['yes', 'yes'],
  ['None', null],
  ['"[1, 2]"', [1, 2]],
  [`'"x y"'`, 'x y'],
  [`"it's"`, "it's"],
  ['1_000', 1000],
  ['0x1F', 31],
  ['0o17', 15],
  ['0b11', 3],
  ['(1,2)', [1, 2]],
  ['80,443', [80, 443]],
  [`"{'a': 1}"`, { a: 1 }],
  ['', ''],
  ['+5', 5],
  ['1e3', 1000],
  ['a=b', 'a=b'],
  ['"a\\nb"', 'a\\nb'],
  ['\\"x\\"', 'x'],
  ["\\'q", "'q"],
  ['"a\\qb"', 'a\\qb'],
  ['a\\ b', 'a b'],
  [`'a'"b"`, 'ab'],
  ['"a #b"', 'a #b'],
  ['$HOME', '$HOME'],
  ['!x', '!x'],
]
for (const [text, wanted] of hostValues) {
  test(`at a host ${text || 'nothing'} is ${JSON.stringify(wanted)}`, () =>
    assert.equal(plain(read(`h v=${text}`).hosts.get('h')?.variables), { v: wanted }))
}

/** Values of a section of variables. */
const sectionValues: [string, unknown][] = [
  ['5 # five', 5],
  ['"q # r"', 'q # r'],
  ["'a' 'b'", 'ab'],
  ['"unclosed', '"unclosed'],
  ['[1,', '[1,'],
  [String.raw`r'a\b'`, String.raw`a\b`],
  [String.raw`'a\tb\x41\u00e9\101\q'`, 'a\tbAéA\\q'],
  ['', ''],
  ['- 3', -3],
  ['1+2', '1+2'],
  ["{'a': 007}", "{'a': 007}"],
  ["{'a': [True, None], 1: 'b',}", { a: [true, null], 1: 'b' }],
  ['{1, 2}', [1, 2]],
  ['{}', {}],
  ['()', []],
  ['(1)', 1],
  ['(1,)', [1]],
  ['1,', [1]],
  ['2024-01-01', '2024-01-01'],
  ['1.5.2', '1.5.2'],
  ['.5', 0.5],
  ['00', 0],
  ['Trueish', 'Trueish'],
  ['foo bar', 'foo bar'],
  ['http://x/#y', 'http://x/#y'],
]
for (const [text, wanted] of sectionValues) {
  test(`in a section ${text || 'nothing'} is ${JSON.stringify(wanted)}`, () =>
    assert.equal(plain(read(`[g]\n[g:vars]\nv = ${text}`).groups.get('g')?.variables), { v: wanted }))
}

test('numbers keep their text, at any depth', () => {
  const literal = pythonLiteral("{'a': [1.30, 0x1F]}", { file: 'hosts' })
  assert.equal(literal?.value, { a: [1.3, 31] })
  assert.equal(textsOf(literal?.written), { a: ['1.30', '0x1F'] })
})

test('words have the column of their first character', () => {
  assert.equal(cutWords("web1  motd='two words' # x"), [
    { text: 'web1', offset: 0 },
    { text: 'motd=two words', offset: 6 },
  ])
})

const wrong: [string, string, RegExp, string, RegExp][] = [
  ['a heading with a blank', '[my group]', /not a group heading/, '1:1', /\[NAME:children\]/],
  ['a heading that is not closed', '[web\nh', /not a group heading/, '1:1', /\[NAME\]/],
  ['an unknown kind', '[web:childrn]', /does not have childrn/, '1:6', /did you mean \[web:children\]/],
  ['a word without =', 'h a=1 b', /not name=value/, '1:7', /quote/],
  ['an open quote', 'h a="b', /not closed/, '1:5', /"/],
  ['a comment in a word', 'h a=b#c', /middle of a word/, '1:6', /quote/],
  ['a comment after a text', '[g]\n[g:vars]\na = b # c', /would be a part of it/, '3:7', /own/],
  ['a colon at the end', 'all:', /nothing after the colon/, '1:1', /\.yaml/],
  ['YAML', '---\nall:', /looks like YAML/, '1:1', /\.yaml/],
  ['a range that runs backwards', '[g]\n  h[3:1]', /runs backwards/, '2:3', /h|\[1:3\]/],
  ['a child with variables', '[g:children]\nweb a=1', /not the name of a group/, '2:1', /one group/],
  [
    'a child that is nowhere',
    '[web]\n[g:children]\nwbe',
    /the group wbe is not defined/,
    '3:1',
    /did you mean web/,
  ],
  [
    'variables of no group',
    '[web]\n[wbe:vars]\na=1',
    /the group wbe is not defined/,
    '2:2',
    /did you mean web/,
  ],
  ['a variable without =', '[g]\n[g:vars]\na', /not name=value/, '3:1', /name=value/],
  ['a priority that is a word', '[g]\n[g:vars]\nansible_group_priority=high', /integer/, '3:1', /./],
]
for (const [what, text, message, place, hint] of wrong) {
  test(`${what} is refused at its place, with a hint`, async () => {
    const error = await rejects(() => read(text), 'inventory-invalid', message)
    assert.is(`${error.place?.line}:${error.place?.column}`, place)
    assert.match(error.hint, hint)
  })
}

test('no error shows a line with a password', async () => {
  for (const text of ['h password="hush', 'h ansible_password=hush x', '[g]\n[g:vars]\ntoken = hush # c']) {
    const error = await rejects(() => read(text), 'inventory-invalid', /./)
    assert.not.match(error.message + (error.place === undefined ? '' : renderPlace(error.place)), 'hush')
  }
})
