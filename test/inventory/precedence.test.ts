/** Precedence of values, compared with results of Ansible 2.14 for the same files. */
import * as assert from 'uvu/assert'
import { join } from 'node:path'
import { loadInventory } from '../../engine/inventory/load.ts'
import { connectionVarsOf } from '../../engine/inventory/variables/connection-vars.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { parseExtra } from '../../engine/inventory/variables/typed.ts'
import { folderOf } from '../support/folder.ts'
import { plainVariables } from '../support/plain-variables.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('precedence of variables')

const { write, at } = folderOf(test)

write(
  'inv/hosts.yaml',
  `all:
  vars: { a: inv-all, b: inv-all, c: inv-all, d: inv-all, e: x, f: x, g: x, h: x }
  children:
    web:
      vars: { a: inv-web, b: inv-web, c: inv-web, d: inv-web, prio: web }
      children:
        sub:
          vars: { g: inv-sub }
          hosts: { h1: { h: inv-host, i: inv-host } }
    zed:
      vars: { prio: zed }
      hosts: { h1: }
    aaa:
      vars: { prio: aaa, ansible_group_priority: 10 }
      hosts: { h1: }
`,
)
write('inv/group_vars/all.yaml', 'b: inv-gv-all\nc: inv-gv-all\ne: inv-gv-all\nf: inv-gv-all\n')
write('inv/group_vars/web.yml', 'c: inv-gv-web\n')
write('inv/group_vars/sub', 'g: inv-gv-sub\n')
write('inv/host_vars/h1.json', '{"h": "inv-hv", "i": "inv-hv"}')
write('play/group_vars/all.yaml', 'e: play-gv-all\nc: play-gv-all\n')
write('play/group_vars/web/10.yaml', 'g: play-gv-web\nc: first\n')
write('play/group_vars/web/20.yaml', 'c: play-gv-web\n')
write('play/group_vars/web/deeper/30', '# nothing\n')
write('play/group_vars/web/.hidden.yaml', 'c: hidden\n')
write('play/group_vars/web/40.txt', 'c: text\n')
write('play/group_vars/nobody.yaml', 'c: nobody\n')
write('play/host_vars/h1/all.yaml', 'i: play-hv\n')

const values = async (
  sources: string[],
  playbookFolder?: string,
  extra: string[] = [],
): Promise<Record<string, unknown>> => {
  const inventory = await loadInventory(sources.map(at), { playbookFolder })
  const host = resolveHosts(inventory, await parseExtra(extra)).get('h1')
  return Object.fromEntries([...(host?.variables ?? [])].map(([name, { value }]) => [name, value]))
}

const beside = {
  a: 'inv-web',
  b: 'inv-gv-all',
  c: 'inv-gv-web',
  d: 'inv-web',
  e: 'inv-gv-all',
  f: 'inv-gv-all',
  g: 'inv-gv-sub',
  h: 'inv-hv',
  i: 'inv-hv',
  prio: 'aaa',
}

test('inventory < group_vars/all < group_vars/GROUP, host < host_vars', async () => {
  assert.equal(await values(['inv/hosts.yaml']), beside)
  assert.equal(await values(['inv']), beside)
})

test('variables beside the playbook win at the same level', async () => {
  assert.equal(await values(['inv/hosts.yaml'], at('play')), {
    ...beside,
    c: 'play-gv-web',
    e: 'play-gv-all',
    g: 'play-gv-web',
    i: 'play-hv',
  })
})

test('the command line overrides everything', async () => {
  assert.is((await values(['inv'], at('play'), ['i=typed']))['i'], 'typed')
})

test('a playbook in the folder of the inventory changes nothing', async () => {
  assert.equal(await values(['inv/hosts.yaml'], at('inv')), beside)
})

test('of several inventories the later one wins, with its folders', async () => {
  write('more/hosts.ini', '[web]\nh1\n[web:vars]\nd=more\n')
  write('more/group_vars/web.yaml', 'c: more-gv-web\n')
  const found = await values(['inv/hosts.yaml', 'more/hosts.ini'])
  assert.equal([found['c'], found['d'], found['g']], ['more-gv-web', 'more', 'inv-gv-sub'])
  const turned = await values(['more/hosts.ini', 'inv/hosts.yaml'])
  assert.equal([turned['c'], turned['d']], ['inv-gv-web', 'inv-web'])
})

test('hosts of the command line use the folders of the playbook', async () => {
  const inventory = await loadInventory(['h1,'], { playbookFolder: at('play') })
  assert.is(resolveHosts(inventory).get('h1')?.variables.get('i')?.value, 'play-hv')
})

test('a relative path begins where the inventory is, not in group_vars', async () => {
  write('keys/hosts.yaml', 'all: { hosts: { h1: } }\n')
  write('keys/group_vars/all/main.yaml', 'private_key_file: id\n')
  const host = resolveHosts(await loadInventory([at('keys/hosts.yaml')])).get('h1')
  assert.is(host && connectionVarsOf(host).private_key_file, join(at('keys'), 'id'))
})

/** The values of h1, and the warnings. */
const warnedIn = async (folder: string) => {
  const { folders, ...inventory } = await loadInventory([at(folder)])
  const host = resolveHosts({ folders, ...inventory }).get('h1')
  return {
    found: plainVariables(host?.variables ?? new Map()),
    warnings: folders.flatMap(({ warnings }) => warnings),
  }
}

test('of several files for one name the first applies, as in Ansible, and a warning names the others', async () => {
  write('two/hosts.yaml', 'all: { hosts: { h1: } }\n')
  write('two/host_vars/h1.yaml', 'a: 1\n')
  write('two/host_vars/h1/b.yaml', 'a: 2\n')
  write('two/group_vars/all', 'b: plain\n')
  write('two/group_vars/all.json', '{"b": "json"}')
  write('two/group_vars/all.yaml', 'b: yaml\n')
  write('two/group_vars/all.yml', 'b: yml\n')
  const { found, warnings } = await warnedIn('two')
  assert.equal(found, { a: 2, b: 'plain' })
  assert.equal(
    warnings.map(({ place }) => place.file),
    [
      ...['all.yml', 'all.yaml', 'all.json'].map((name) => at(`two/group_vars/${name}`)),
      at('two/host_vars/h1.yaml'),
    ],
  )
  assert.match(warnings[0]?.message ?? '', 'all.yml is not read: all is for the same all')
})

test('yml takes precedence over yaml, and yaml over json', async () => {
  write('endings/hosts.yaml', 'all: { hosts: { h1: } }\n')
  write('endings/group_vars/all.yaml', 'a: yaml\n')
  write('endings/group_vars/all.yml', 'a: yml\n')
  write('endings/host_vars/h1.yaml', 'b: yaml\n')
  write('endings/host_vars/h1.json', '{"b": "json"}')
  assert.equal((await warnedIn('endings')).found, { a: 'yml', b: 'yaml' })
})

test('an encrypted file beside another for the same name is refused', async () => {
  write('hidden/hosts.yaml', 'all: { hosts: { h1: } }\n')
  write('hidden/host_vars/h1.yaml', 'a: 1\n')
  write('hidden/host_vars/h1.yaml.age', 'x')
  const error = await rejects(() => values(['hidden/hosts.yaml']), 'inventory-invalid', 'for the same h1')
  assert.match(error.hint, 'into a folder')
})

test('a priority in group_vars has no effect, as in Ansible, and a warning says so', async () => {
  write('late/hosts.yaml', 'web: { hosts: { h1: } }\nxyz: { hosts: { h1: } }\n')
  write('late/group_vars/web.yaml', 'a: 1\nansible_group_priority: 3\n')
  write('late/group_vars/xyz.yaml', 'a: 2\n')
  const { found, warnings } = await warnedIn('late')
  assert.equal(found, { a: 2, ansible_group_priority: 3 })
  assert.equal(
    warnings.map(({ message, place }) => [message, place.line, place.column]),
    [['ansible_group_priority has no effect here', 2, 1]],
  )
})

test('files without a host or group are reported', async () => {
  const { folders } = await loadInventory([at('inv')], { playbookFolder: at('play') })
  assert.equal(
    folders.map(({ unread }) => unread),
    [[], [at('play/group_vars/nobody.yaml')]],
  )
})

test('a file that is not a map is refused at its place', async () => {
  write('list/hosts.yaml', 'web: { hosts: { h1: } }\n')
  const file = write('list/group_vars/web.yaml', '- a\n')
  const error = await rejects(() => values(['list']), 'inventory-invalid', 'a variables file must be a map')
  assert.is(error.place?.file, file)
})
