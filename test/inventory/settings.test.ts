/** Our names and Ansible's for the same setting: the most specific layer wins, whichever it uses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { loadInventory } from '../../engine/inventory/load.ts'
import { plainVariables } from '../../engine/inventory/parse.ts'
import { reachOf } from '../../engine/inventory/reach.ts'
import type { Host } from '../../engine/inventory/types.ts'
import { parseExtra, resolveHosts } from '../../engine/inventory/variables.ts'
import { suite } from '../support/spec.ts'

const test = suite('settings and their names')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-settings-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const hostOf = async (text: string, extra: readonly string[] = []): Promise<Host> => {
  const file = join(folder, 'inventory.yaml')
  writeFileSync(file, text)
  const host = resolveHosts(await loadInventory([file]), await parseExtra(extra)).get('a')
  if (host === undefined) throw new Error('there is no host a')
  return host
}

const cases: [string, string, string[], string][] = [
  [
    'Ansible’s name at the host beats ours at all',
    'all: { vars: { user: root }, hosts: { a: { ansible_user: bob } } }',
    [],
    'bob',
  ],
  [
    'our name at the host beats Ansible’s at all',
    'all: { vars: { ansible_user: root }, hosts: { a: { user: bob } } }',
    [],
    'bob',
  ],
  [
    'a group beats all',
    'all: { vars: { user: root }, children: { g: { vars: { ansible_ssh_user: bob }, hosts: { a: } } } }',
    [],
    'bob',
  ],
  ['at one place our name wins', 'all: { hosts: { a: { ansible_user: root, user: bob } } }', [], 'bob'],
  ['the command line beats the host', 'all: { hosts: { a: { user: root } } }', ['ansible_user=bob'], 'bob'],
]
for (const [what, text, extra, user] of cases) {
  test(what, async () => assert.is(reachOf(await hostOf(text, extra)).user, user))
}

test('a playbook sees both names as they are written', async () => {
  const { variables } = await hostOf('all: { vars: { user: root }, hosts: { a: { ansible_user: bob } } }')
  assert.equal(plainVariables(variables), { user: 'root', ansible_user: 'bob' })
})
