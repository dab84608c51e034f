/** The groups of an inventory, wherever they are defined. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { loadInventory } from '../../engine/inventory/load.ts'
import { hostsOfGroup } from '../../engine/inventory/graph.ts'
import { suite } from '../support/spec.ts'

const test = suite('groups of inventories')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-groups-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))
const load = (...texts: string[]) =>
  loadInventory(
    texts.map((text, index) => {
      const file = join(folder, `${index}.yaml`)
      writeFileSync(file, text)
      return file
    }),
  )

const fine: [string, string[]][] = [
  ['defined before', ['web: { hosts: { w1: } }\nsite: { children: { web: } }']],
  ['defined after', ['site: { children: { web: } }\nweb: { hosts: { w1: } }']],
  [
    'defined deep in another group',
    ['site: { children: { web: } }\nall: { children: { dc: { children: { web: { hosts: { w1: } } } } } }'],
  ],
  ['defined in a later source', ['site: { children: { web: } }', 'web: { hosts: { w1: } }']],
  ['defined in an earlier source', ['web: { hosts: { w1: } }', 'site: { children: { web: } }']],
  ['empty at the top', ['site: { children: { web: } }\nweb:\n']],
  ['empty as a map at the top', ['site: { children: { web: } }\nweb: {}\n']],
  ['empty as a map where it is a child', ['site: { children: { web: {} } }']],
  ['without hosts', ['site: { children: { web: { hosts: } } }']],
  ['with variables only', ['site: { children: { web: { vars: { a: 1 } } } }']],
  ['all and ungrouped', ['site: { children: { ungrouped: } }']],
]
for (const [what, texts] of fine) {
  test(`a child is valid if it is ${what}`, async () => {
    const inventory = await load(...texts)
    assert.ok(inventory.groups.has('site'))
    const hosts = texts.join('').includes('w1') ? ['w1'] : []
    assert.equal(hostsOfGroup(inventory, 'site'), hosts)
    assert.equal(inventory.warnings, [])
  })
}
