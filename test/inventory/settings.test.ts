/** Our names and Ansible's for the same setting: the most specific layer wins, whichever it uses. */
import * as assert from 'uvu/assert'
import { plainVariables } from '../support/plain-variables.ts'
import { reachOf } from '../../engine/inventory/variables/reach.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'
import { hostReader } from './host-of.ts'

const test = suite('settings and their names')

const folder = folderOf(test)
const hostOf = hostReader(folder)

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
