/** Inventories that Ansible reads with or without a warning are read with a warning. */
import { mkdirSync, symlinkSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { hostsOfGroup } from '../../engine/inventory/graph.ts'
import { loadInventory } from '../../engine/inventory/load.ts'
import { matchHosts } from '../../engine/inventory/patterns/match.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { folderOf } from '../support/folder.ts'
import { plainVariables } from '../support/plain-variables.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('inventories read with a warning')
const { write, at } = folderOf(test)
let count = 0
const read = async (text: string, ending = '') => {
  count += 1
  const inventory = await loadInventory([write(`${count}/hosts${ending}`, text)])
  const warned = inventory.warnings.map(({ message }) => message)
  const places = inventory.warnings.map(({ place }) => [place?.line, place?.column].join(':'))
  const hints = inventory.warnings.map(({ hint }) => hint)
  const values = (host: string) => plainVariables(resolveHosts(inventory).get(host)?.variables ?? new Map())
  return { inventory, warned, places, hints, values }
}

test('correct inventories have no warnings', async () => {
  assert.equal((await read('[my-group]\nh1\n[web:children]\nmy-group\n')).warned, [])
  assert.equal((await read('all: { children: { web: { hosts: { h1: } } } }\n', '.yml')).warned, [])
})

test('a group and a host with the same name: alone it means the host, after & and ! the group', async () => {
  const { inventory, warned, places } = await read('[web]\nh1\nh2\n[db]\nweb\nh1\n')
  assert.equal(warned, ['web is the name of a group and a host'])
  assert.equal(places, ['1:2'])
  assert.equal(matchHosts(inventory, 'web'), ['web'])
  assert.equal(matchHosts(inventory, 'all:&web'), ['h1', 'h2'])
  assert.equal(matchHosts(inventory, 'db:!web'), ['web'])
  assert.equal(matchHosts(inventory, 'web[0]'), ['h1'])
})

test('an undefined child in YAML is an empty group; the warning has the nearest name', async () => {
  const { inventory, warned, places, hints } = await read(
    'masters: { hosts: { m1: } }\nsite:\n  children:\n    mastrs:\n',
    '.yaml',
  )
  assert.equal(warned, ['the group mastrs is not defined: it is read as an empty group'])
  assert.equal(places, ['4:5'])
  assert.equal(hints, ['did you mean masters?'])
  assert.equal(hostsOfGroup(inventory, 'site'), [])
  const none = await read('site: { children: { edge: } }', '.yaml')
  assert.match(none.hints.join(), 'edge: { hosts: {} }')
})

test('an undefined child in INI stays an error, as in Ansible', async () => {
  await rejects(() => read('[web:children]\nedge\n'), 'inventory-invalid', 'the group edge is not defined')
})

for (const name of ['1web', '42', 'web+db', 'ä']) {
  test(`a group can have the name ${name}`, async () => {
    const ini = await read(`[${name}]\nh1\n[all:children]\n${name}\n`)
    assert.equal(ini.warned, [`${name} is an unusual name for a group`])
    assert.equal(matchHosts(ini.inventory, name), ['h1'])
    const yaml = await read(`"${name}": { hosts: { h1: } }\n`, '.yml')
    assert.equal(yaml.warned, [`${name} is an unusual name for a group`])
    assert.equal(hostsOfGroup(yaml.inventory, name), ['h1'])
  })
}

test('INI in a file named as YAML is read as INI', async () => {
  for (const text of [
    '[web]\nh1 a=1\n',
    '# note\nh1 a=1\n',
    'h1 a=1 # x\n[web]\nh1\n',
    '; note\n[web:vars]\nb=2\n[web]\nh1 a=1\n',
  ]) {
    for (const ending of ['.yml', '.yaml', '.json']) {
      const { warned, values } = await read(text, ending)
      assert.is(warned.length, 1)
      assert.match(warned.join(), `hosts${ending} contains INI`)
      assert.is(values('h1')['a'], 1)
    }
  }
  await rejects(() => read('- a\n- b\n', '.yml'), 'inventory-invalid', 'must be a map')
  await rejects(() => read('[web\nh1\n', '.yml'), 'inventory-invalid', /./)
})

test('hosts, children and vars can be a single name as text', async () => {
  const { inventory, warned, places } = await read(
    'web:\n  hosts: h1\nsite:\n  children: web\nodd:\n  vars: x\n',
    '.yml',
  )
  assert.equal(hostsOfGroup(inventory, 'site'), ['h1'])
  assert.equal(warned, [
    'hosts of web is text: it is read as the name h1',
    'children of site is text: it is read as the name web',
    'vars of odd is text: it is read as the name x',
  ])
  assert.equal(places, ['2:10', '4:13', '6:9'])
  await rejects(() => read('web: { hosts: [h1] }', '.yml'), 'inventory-invalid', 'hosts of web must be a map')
})

test('of several ports of a host the first one applies', async () => {
  const { warned, places, values } = await read('[a]\nh1:2222\n[b]\nh1:2223\n')
  assert.is(values('h1')['ansible_port'], 2222)
  assert.equal(warned, ['port 2223 of h1 is ignored: the host already has port 2222'])
  assert.equal(places, ['4:1'])
})

test('a port applies only at the first mention of a host', async () => {
  const { warned, values } = await read(
    'all: { hosts: { h1: }, children: { web: { hosts: { "h1:2222": } } } }',
    '.yml',
  )
  assert.is(values('h1')['ansible_port'], undefined)
  assert.equal(warned, ['port 2222 of h1 is ignored: the host was named before without a port'])
  const again = await read('[a]\nh1:22\n[b]\nh1:22\n')
  assert.equal(again.warned, [])
  const set = await read('[a]\nh1:22 ansible_port=23\n')
  assert.equal([set.warned, set.values('h1')['ansible_port']], [[], 23])
})

test('a dangling link in group_vars or host_vars is skipped', async () => {
  const source = write('dangling/hosts', '[web]\nh1\n')
  write('dangling/group_vars/all/own.yml', 'a: 1\n')
  symlinkSync('nowhere.yml', at('dangling/group_vars/all/gone.yml'))
  symlinkSync('nowhere.yml', at('dangling/group_vars/web.yml'))
  mkdirSync(at('dangling/host_vars'))
  symlinkSync('h1', at('dangling/host_vars/h1'))
  const inventory = await loadInventory([source])
  assert.equal(plainVariables(resolveHosts(inventory).get('h1')?.variables ?? new Map()), { a: 1 })
  assert.equal(
    inventory.warnings.map(({ message, place }) => [message, place?.file]),
    ['group_vars/web.yml', 'group_vars/all/gone.yml', 'host_vars/h1'].map((name) => [
      'a dangling link is skipped',
      at(`dangling/${name}`),
    ]),
  )
})

test('an empty folder group_vars has no warning, and a file with that name is skipped', async () => {
  const source = write('empty/hosts', '[web]\nh1\n')
  mkdirSync(at('empty/group_vars/web/deep'), { recursive: true })
  write('empty/host_vars', 'a: 1\n')
  const inventory = await loadInventory([source])
  assert.equal(
    inventory.warnings.map(({ message }) => message),
    ['host_vars is not a folder: it is skipped'],
  )
})

test('in a folder of inventories, an empty folder and a dangling link are skipped', async () => {
  write('many/a', '[web]\nh1\n')
  mkdirSync(at('many/b'))
  mkdirSync(at('many/c/deep'), { recursive: true })
  symlinkSync('nowhere', at('many/d'))
  const inventory = await loadInventory([at('many')])
  assert.equal([...inventory.hosts.keys()], ['h1'])
  assert.equal(
    inventory.warnings.map(({ message, place }) => [message, place?.file]),
    [
      ['this folder does not contain an inventory', at('many/b')],
      ['this folder does not contain an inventory', at('many/c/deep')],
      ['a dangling link is skipped', at('many/d')],
    ],
  )
  mkdirSync(at('bare'))
  await rejects(() => loadInventory([at('bare')]), 'load-failed', 'does not contain an inventory')
})

test('a duplicate key stays an error', async () => {
  await rejects(
    () => read('web: { hosts: { h1: } }\nweb: { hosts: { h2: } }\n', '.yml'),
    'inventory-invalid',
    'twice',
  )
})

test('a warning does not show a line with a password', async () => {
  const { inventory } = await read('[a]\nh1:2222\n[b]\nh1:2223 ansible_password=hush\n')
  assert.not.match(JSON.stringify(inventory.warnings), 'hush')
})

test('variables from an executable for a host without a group do not add the host', async () => {
  const { inventory, warned } = await read(
    '{"_meta": {"hostvars": {"h1": {"a": 1}, "h2": {"a": 2}}}, "web": {"hosts": ["h1"]}}',
    '.json',
  )
  assert.equal([...inventory.hosts.keys()], ['h1'])
  assert.equal(warned, ['h2 has variables, but is not in a group: it is ignored'])
})

test('connection variables of Ansible without effect here are named once each', async () => {
  const { warned, places, hints } = await read(
    'h1 ansible_ssh_pipelining=true ansible_ssh_executable=/opt/ssh\nh2 ansible_ssh_pipelining=true\n[all:vars]\nansible_host_key_checking=false\n',
  )
  assert.equal(warned.toSorted(), [
    'ansible_host_key_checking has no effect here',
    'ansible_ssh_executable has no effect here',
    'ansible_ssh_pipelining has no effect here',
  ])
  assert.is(places.length, 3)
  assert.match(hints.join(), '--host-key-checking')
})

test('an unknown key of a group is ignored; the warning has the nearest one', async () => {
  const { warned, places, hints, inventory } = await read(
    'web:\n  hosts: { h1: }\n  hots: { h2: }\n  more: 1\n',
    '.yml',
  )
  assert.equal(warned, [
    '"hots" is not a key of a group (allowed: children, hosts, vars); it is ignored in web',
    '"more" is not a key of a group (allowed: children, hosts, vars); it is ignored in web',
  ])
  assert.equal(places, ['3:3', '4:3'])
  assert.match(hints[0] ?? '', 'did you mean hosts?')
  assert.equal([...inventory.hosts.keys()], ['h1'])
})

test('a host that is not indented below hosts is ignored; the warning says to indent it', async () => {
  const { warned, hints } = await read('all:\n  hosts:\n  one:\n    port: 22\n', '.yml')
  assert.equal(warned, [
    '"one" is not a key of a group (allowed: children, hosts, vars); it is ignored in all',
  ])
  assert.match(hints[0] ?? '', 'if "one" is a host, indent it below hosts:')
})

test('entries that are not groups are ignored', async () => {
  const { warned, inventory } = await read('web: [h1]\ndb: text\nok: { hosts: { h2: } }\n', '.yml')
  assert.equal(warned, ['web is not a group: it is ignored', 'db is not a group: it is ignored'])
  assert.equal([...inventory.groups.keys()], ['all', 'ungrouped', 'ok'])
  await rejects(
    () => read('web: { children: { db: text } }\n', '.yml'),
    'inventory-invalid',
    'group db must be a map',
  )
})
