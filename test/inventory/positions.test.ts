/** The order of hosts in groups, patterns and subscripts: that of Ansible. */
import * as assert from 'uvu/assert'
import { hostsOfGroup, requireGroup } from '../../engine/inventory/graph.ts'
import { loadInventory } from '../../engine/inventory/load.ts'
import { matchHosts } from '../../engine/inventory/patterns/match.ts'
import type { Inventory } from '../../engine/inventory/types.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('positions of hosts')
const { write } = folderOf(test)
const load = (text: string, name = 'hosts'): Promise<Inventory> => loadInventory([write(name, text)])
const words = (hosts: readonly string[]): string => hosts.join(' ')

const ini = '[a]\nh1\nh2\nh3\n\n[b]\nh3\nh1\n\n[p:children]\nb\na\n'

test('a group has its own hosts in its own order, then those of its children', async () => {
  const inventory = await load(ini)
  assert.is(words(hostsOfGroup(inventory, 'b')), 'h3 h1')
  assert.is(words(hostsOfGroup(inventory, 'p')), 'h3 h1 h2')
  assert.is(words(requireGroup(inventory, 'p')), 'h3 h1 h2')
})

const patterns: [string, string][] = [
  ['b[0]', 'h3'],
  ['p[0]', 'h3'],
  ['b[-1]', 'h1'],
  ['p[1:2]', 'h1 h2'],
  ['p[1:]', 'h1 h2'],
  ['b', 'h3 h1'],
  ['b:a', 'h3 h1 h2'],
  ['a:&b', 'h1 h3'],
  ['b:&a', 'h3 h1'],
  ['p:!h1', 'h3 h2'],
  ['all', 'h3 h1 h2'],
  ['!h1', 'h3 h2'],
  // a glob lists the hosts of each group in turn, also those of two groups, then single hosts
  ['[ab]', 'h1 h2 h3'],
  ['[ab][3]', 'h3'],
  ['[bp][2]', 'h3'],
  ['~[bp]', 'h3 h1 h2'],
]
for (const [pattern, wanted] of patterns) {
  test(`${pattern} is ${wanted}`, async () => {
    assert.is(words(matchHosts(await load(ini), pattern)), wanted)
  })
}

test('children come level by level: children before grandchildren', async () => {
  const inventory = await load(
    'top: { children: { one: { children: { deep: { hosts: { d1: } } }, hosts: { o1: } }, two: { hosts: { t1: } } } }\n',
    'levels.yaml',
  )
  assert.is(words(hostsOfGroup(inventory, 'top')), 'o1 t1 d1')
  assert.is(words(matchHosts(inventory, 'all')), 'o1 t1 d1')
})

test('all begins with its own hosts and the ungrouped ones', async () => {
  const inventory = await load('web: { hosts: { w1: } }\nall: { hosts: { x1: } }\n', 'own.yaml')
  assert.is(words(matchHosts(inventory, 'all')), 'x1 w1')
  assert.is(words([...resolveHosts(inventory).keys()]), 'x1 w1')
})

test('below :children a group has the position of its declaration, if that is later', async () => {
  const inventory = await load('[p:children]\nb\na\n[a]\nh1\n[b]\nh2\n')
  assert.is(words(hostsOfGroup(inventory, 'p')), 'h1 h2')
})

test('merged hosts come before those beside the merge key', async () => {
  const inventory = await load(
    'x: { hosts: &base { h2: , h1: } }\ny: { hosts: { h0: , <<: *base } }\n',
    'merge.yaml',
  )
  assert.is(words(hostsOfGroup(inventory, 'y')), 'h2 h1 h0')
})

test('a host before any heading that is grouped later is not ungrouped', async () => {
  const inventory = await load('h1\nh2\n[web]\nh1\n')
  assert.is(words(hostsOfGroup(inventory, 'ungrouped')), 'h2')
  assert.equal(resolveHosts(inventory).get('h1')?.groups, ['all', 'web'])
  assert.is(words(matchHosts(inventory, 'all')), 'h2 h1')
})

test('below :children a group with known variables has that position', async () => {
  const inventory = await load('[p:children]\nb\n[b:vars]\nv=1\n[q:children]\na\nb\n[a]\nh1\n[b]\nh2\n')
  assert.is(words(hostsOfGroup(inventory, 'q')), 'h2 h1')
})
