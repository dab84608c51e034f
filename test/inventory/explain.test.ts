/** The sources of values, and the listing of an inventory. */
import * as assert from 'uvu/assert'
import { explanation } from '../../engine/cli/inventory/explanation.ts'
import { Secret } from '../../engine/secret.ts'
import { explain, explainAll } from '../../engine/inventory/variables/explain.ts'
import { layersOf } from '../../engine/inventory/variables/layers.ts'
import { loadInventory } from '../../engine/inventory/load.ts'
import { masked } from '../../engine/inventory/variables/masked.ts'
import { outlineListing, outlineTree } from '../../engine/inventory/outline.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { parseExtra } from '../../engine/inventory/variables/typed.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('explaining inventories')

const { write, at } = folderOf(test)
write(
  'inv/hosts.yaml',
  `all:
  vars: { greeting: hey, become_user: root, user: app }
  hosts: { lonely: }
  children:
    web:
      vars: { greeting: ho, version: 1.30 }
      hosts: { web1: { ansible_become_user: bob }, web2: }
    site: { children: { web: } }
    empty: { hosts: {} }
`,
)
write('inv/more.ini', '[web:vars]\ngreeting=hi\n')
write('inv/group_vars/all.yaml', 'greeting: hello\nregistry:\n  token: hush\n')
write('play/group_vars/web.yaml', '\n  greeting: welcome\n')

const layers = async (extra: string[] = []) => {
  const inventory = await loadInventory([at('inv/hosts.yaml'), at('inv/more.ini')], {
    playbookFolder: at('play'),
  })
  const host = resolveHosts(inventory).get('web1')
  return layersOf(inventory, 'web1', host?.groups ?? [], await parseExtra(extra))
}
const explained = async (name: string, extra: string[] = []): Promise<string> =>
  explanation('web1', [explain(await layers(extra), name)], {
    secrets: new Set(),
    evaluated: new Map(),
  }).replaceAll(at('/'), '')

test('pain 13: every source of a value is listed with its place, in order of precedence', async () => {
  assert.equal(
    (await explained('greeting', ['greeting=typed'])).split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['greeting on web1: "typed"'],
      ['', 'all', 'inv/hosts.yaml:2:11', '"hey"'],
      ['', 'group web', 'inv/hosts.yaml:6:15', '"ho"'],
      ['', 'group web', 'inv/more.ini:2:1', '"hi"'],
      ['', 'all', 'inv/group_vars/all.yaml:1:1', '"hello"'],
      ['', 'group web', 'play/group_vars/web.yaml:2:3', '"welcome"'],
      ['', '> -e', '-e greeting', '"typed"'],
      [''],
    ],
  )
})

test('all names of a setting are explained together', async () => {
  const text = await explained('become_user')
  assert.match(text, /^ansible_become_user on web1: "bob"/)
  assert.match(
    text,
    /all: become_user +inv\/hosts\.yaml:2:26 +"root"\n {2}> host web1: ansible_become_user .* +"bob"/,
  )
  assert.is(await explained('ansible_sudo_user'), text)
})

test('beside names of Ansible, user is explained as a variable like any other', async () => {
  assert.match(await explained('user'), /^user on web1: "app"\n +> all +inv\/hosts\.yaml/)
  assert.not.match(await explained('ansible_user'), 'app')
})

test('of both names in one place, ours applies', async () => {
  const inventory = await loadInventory([write('both.ini', 'a become_user=root ansible_become_user=bob\n')])
  const { origins } = explain(layersOf(inventory, 'a', ['all']), 'ansible_become_user')
  assert.equal(
    origins.map(({ name, variable: { value } }) => [name, value]),
    [
      ['ansible_become_user', 'bob'],
      ['become_user', 'root'],
    ],
  )
})

test('a number is shown as written, and a secret is not shown', async () => {
  assert.match(await explained('version'), '1.30')
  const registry = await explained('registry')
  assert.match(registry, '{"token":"********"}')
  assert.not.match(registry, 'hush')
})

test('without a name every variable is explained once', async () => {
  assert.equal(
    explainAll(await layers()).map(({ name }) => name),
    ['ansible_become_user', 'greeting', 'registry', 'user', 'version'],
  )
})

test('masked variables', () => {
  const value = {
    plain: 1,
    password: 'a',
    deep: [{ db_passwords: ['b'], api_key: 'c' }],
    private_key_file: 'id',
    empty_token: '',
    made: new Secret('d'),
    pin: 4711,
  }
  assert.equal(masked('value', value, new Set(['pin'])), {
    plain: 1,
    password: '********',
    deep: [{ db_passwords: '********', api_key: '********' }],
    private_key_file: 'id',
    empty_token: '',
    made: '********',
    pin: '********',
  })
})

test('the tree of groups', async () => {
  const inventory = await loadInventory([at('inv/hosts.yaml')])
  assert.is(
    outlineTree(inventory, new Set(inventory.hosts.keys()), false),
    `@all:
  |--@ungrouped:
  |  |--lonely
  |--@web:
  |  |--web1
  |  |--web2
  |--@site:
  |  |--@web:
  |  |  |--web1
  |  |  |--web2
  |--@empty:
`,
  )
  assert.is(
    outlineTree(inventory, new Set(['web2']), true),
    '@all:\n  |--@web:\n  |  |--web2\n  |--@site:\n  |  |--@web:\n  |  |  |--web2\n',
  )
})

test('a listing is a valid inventory with the same content', async () => {
  const inventory = await loadInventory([at('inv/hosts.yaml')])
  const hosts = [...resolveHosts(inventory).values()]
  const values = ({ variables }: (typeof hosts)[number]): Record<string, unknown> =>
    Object.fromEntries([...variables].map(([name, { value }]) => [name, value]))
  const listing = outlineListing(inventory, hosts, values)
  assert.equal(listing['empty'], {})
  assert.equal(listing['web'], { hosts: ['web1', 'web2'] })
  assert.equal(listing['all'], { children: ['ungrouped', 'web', 'site', 'empty'] })
  const again = await loadInventory([write('again.json', JSON.stringify(listing))])
  assert.equal(
    Object.fromEntries([...resolveHosts(again)].map(([name, host]) => [name, values(host)])),
    Object.fromEntries(hosts.map((host) => [host.name, values(host)])),
  )
})
