/** Values of -i: kinds of files, folders, executables, modules, names of hosts. */
import { chmodSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { textsOf } from '../../engine/inventory/scalar-tree.ts'
import { InventoryDraft } from '../../engine/inventory/draft.ts'
import { readExecutable } from '../../engine/inventory/sources/executable.ts'
import { hostsOfGroup } from '../../engine/inventory/graph.ts'
import { loadInventory } from '../../engine/inventory/load.ts'
import { readModule } from '../../engine/inventory/sources/module.ts'
import { connectionVarsOf } from '../../engine/inventory/variables/connection-vars.ts'
import type { Inventory } from '../../engine/inventory/types.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('sources of inventories')

const { write, at } = folderOf(test)
const names = ({ hosts }: Inventory): string[] => [...hosts.keys()]
const value = (inventory: Inventory, host: string, name: string): unknown =>
  resolveHosts(inventory).get(host)?.variables.get(name)?.value
const program = (name: string, text: string, mode = 0o755): string => {
  const path = write(name, text)
  chmodSync(path, mode)
  return path
}

const yaml = 'web:\n  hosts: { w1: , w2: }\n'
const ini = '[web]\nw1\nw2\n'
const kinds: [string, string][] = [
  ['a.yaml', yaml],
  ['a.yml', yaml],
  ['a.json', '{"web": {"hosts": {"w1": null, "w2": {}}}}'],
  ['plain-yaml', `# a comment\n---\n${yaml}`],
  ['plain-json', '{"web": {"hosts": {"w1": {}, "w2": {}}}}'],
  ['plain-ini', ini],
  ['a.ini', ini],
  ['hosts.prod', ini],
  ['mark', `\u{FEFF}${ini}`],
]
for (const [name, text] of kinds) {
  test(`${name} is recognized`, async () => {
    const inventory = await loadInventory([write(name, text)])
    assert.equal(hostsOfGroup(inventory, 'web'), ['w1', 'w2'])
  })
}

test('a file with the x bit alone is not a program: on some file systems every file has it', async () => {
  assert.equal(names(await loadInventory([program('x.yaml', yaml)])), ['w1', 'w2'])
  await rejects(
    () => loadInventory([program('script', '#!/bin/sh\n', 0o644)]),
    'load-failed',
    'without execute permission',
  )
})

const refused: [string, string, RegExp][] = [
  ['a.toml', '[web]\n', /TOML/],
  ['b.yaml', 'plugin: amazon.aws.aws_ec2\n', /inventory plugin of Ansible/],
]
for (const [name, text, message] of refused) {
  test(`${name} is refused, with a hint`, async () => {
    const work = () => loadInventory([write(name, text)])
    const error = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    assert.match(String(error), message)
  })
}

test('a file that is not text is refused', async () => {
  const path = at('binary')
  write('binary', Buffer.from([0xff, 0xfe, 0x00, 0x61]))
  await rejects(() => loadInventory([path]), 'load-failed', 'not UTF-8 text')
})

test('hosts on the command line can have ranges and ports', async () => {
  const inventory = await loadInventory(['a[1:2]:2222,[fe80::1]:22,b,'])
  assert.equal(names(inventory), ['a1', 'a2', 'fe80::1', 'b'])
  const host = resolveHosts(inventory).get('a2')
  assert.is(host && connectionVarsOf(host).port, 2222)
})

test('a folder is read in name order, without files that are not inventories', async () => {
  write('site/10-first.yaml', 'web: { hosts: { w1: { n: 1 } } }\n')
  write('site/20-second.ini', '[web]\nw1 n=2\n[db]\nd1\n')
  write('site/deeper/30.yaml', 'web: { hosts: { w9: } }\n')
  for (const name of ['.hidden', 'notes.md', 'old.bak', 'a~', '#a#', 'x.schema.json', 'id.pub', 'a.retry'])
    write(`site/${name}`, 'no inventory: at all')
  write('site/group_vars/web.yaml', 'from: folder\n')
  const inventory = await loadInventory([at('site')])
  assert.equal(names(inventory), ['w1', 'd1', 'w9'])
  assert.is(value(inventory, 'w1', 'n'), 2)
  assert.is(value(inventory, 'w1', 'from'), 'folder')
  write('none/README.md', '')
  const error = await rejects(
    () => loadInventory([at('none')]),
    'load-failed',
    'does not contain an inventory',
  )
  assert.match(error.hint, 'README.md')
})

const listing = (meta: string): string =>
  `#!/bin/sh
case "$1" in
--list) echo '{"web": {"hosts": ["w1", "w2"], "vars": {"version": 1.30}}, "db": ["d1"], "site": {"children": ["web", "db"]}${meta}}' ;;
--host) echo "{\\"asked\\": \\"$2\\"}" ;;
esac
`

test('an executable prints all with --list', async () => {
  const path = program('list.sh', listing(', "_meta": {"hostvars": {"w1": {"told": true}}}'))
  const inventory = await loadInventory([path])
  assert.equal(hostsOfGroup(inventory, 'site'), ['w1', 'w2', 'd1'])
  assert.equal([value(inventory, 'w1', 'told'), value(inventory, 'w2', 'asked')], [true, undefined])
  const version = inventory.groups.get('web')?.variables.get('version')
  assert.equal([textsOf(version?.written), version?.place.file], ['1.30', `${path} --list`])
})

test('an executable without _meta is run for each host', async () => {
  const inventory = await loadInventory([program('ask.sh', listing(''))])
  assert.equal(
    names(inventory).map((host) => value(inventory, host, 'asked')),
    ['w1', 'w2', 'd1'],
  )
})

test('JSON with tabs and escapes is read', async () => {
  const path = program(
    'tabs.sh',
    '#!/bin/sh\ncat <<"X"\n{\n\t"web": {\n\t\t"hosts": ["w1"],\n\t\t"vars": {"a": "\\/\\ud83d\\ude00\\t"}\n\t}\n}\nX\n',
  )
  assert.is(value(await loadInventory([path]), 'w1', 'a'), '/😀\t')
})

test('the output of an executable is a valid inventory file', async () => {
  const path = write('kept.json', '{"web": {"hosts": ["w1"]}, "_meta": {"hostvars": {"w1": {"a": 1}}}}')
  assert.is(value(await loadInventory([path]), 'w1', 'a'), 1)
})

test('an executable that fails is reported with its status and its output', async () => {
  const path = program('fails.sh', '#!/bin/sh\necho "no credentials" >&2\nexit 3\n')
  const error = await rejects(() => loadInventory([path]), 'load-failed', 'fails.sh --list exited with 3')
  assert.match(error.output ?? '', 'no credentials')
})

test('an executable has limits of time and output', async () => {
  const run = (path: string, limits: { seconds?: number; bytes?: number }) => () =>
    readExecutable(new InventoryDraft(), path, limits)
  // the child of the shell keeps the pipe open
  const slow = program('slow.sh', '#!/bin/sh\nsleep 60\n')
  await rejects(run(slow, { seconds: 0.2 }), 'load-failed', 'timed out after 0.2 s')
  await rejects(
    run(program('much.sh', '#!/bin/sh\nyes\n'), { bytes: 10_000 }),
    'load-failed',
    'more than 10000 bytes',
  )
})

test('an executable with invalid output is reported, without the output', async () => {
  const path = program('text.sh', '#!/bin/sh\necho "password: hush"\n')
  const error = await rejects(() => loadInventory([path]), 'inventory-invalid', 'did not print JSON')
  assert.not.match(JSON.stringify([error.message, error.output, error.place, String(error.cause)]), 'hush')
  const list = program('hosts.sh', '#!/bin/sh\necho \'{"web": {"hosts": {"w1": {}}}}\'\n')
  await rejects(() => loadInventory([list]), 'inventory-invalid', 'hosts of web must be a list')
  const none = program('none.sh', '#!/no/such/shell\n')
  await rejects(() => loadInventory([none]), 'load-failed', 'cannot be run')
})

test('a module exports an inventory, or a promise of one', async () => {
  const path = write(
    'cloud.ts',
    `const found: string[] = ['w[1:2]:2222']
export default async () => ({
  vars: { user: 'ops' },
  hosts: { lonely: { address: '192.0.2.1' } },
  groups: { web: { hosts: found, vars: { n: 1 } }, site: { children: ['web'] } },
})
`,
  )
  const inventory = await loadInventory([path])
  assert.equal(names(inventory), ['lonely', 'w1', 'w2'])
  assert.equal(hostsOfGroup(inventory, 'site'), ['w1', 'w2'])
  assert.equal(hostsOfGroup(inventory, 'ungrouped'), ['lonely'])
  const host = resolveHosts(inventory).get('w2')
  assert.equal(host && [connectionVarsOf(host).port, connectionVarsOf(host).user], [2222, 'ops'])
  assert.is(inventory.groups.get('web')?.variables.get('n')?.place.file, path)
})

test('a module can export plain data and secrets', async () => {
  const path = write(
    'plain.ts',
    `import { Secret } from '${new URL('../../engine/secret.ts', import.meta.url).href}'
export default { hosts: { w1: { password: new Secret('hush') } } }
`,
  )
  const host = resolveHosts(await loadInventory([path])).get('w1')
  assert.is(host && connectionVarsOf(host).password?.reveal(), 'hush')
})

const slips: [string, string, 'load-failed' | 'inventory-invalid', RegExp, RegExp][] = [
  [
    'exports nothing',
    'export const a = 1\n',
    'load-failed',
    /does not export an inventory/,
    /defineInventory/,
  ],
  [
    'has a slip of the pen',
    'export default { groups: { web: { host: [] } } }\n',
    'inventory-invalid',
    /groups\.web/,
    /did you mean hosts/,
  ],
  ['throws', "export default () => { throw new Error('no token') }\n", 'load-failed', /no token/, /place/],
  [
    'has a child that is nowhere',
    "export default { groups: { site: { children: ['wbe'] }, web: {} } }\n",
    'inventory-invalid',
    /the group wbe is not defined/,
    /did you mean web/,
  ],
]
for (const [what, text, code, message, hint] of slips) {
  test(`a module that ${what} is reported with its file`, async () => {
    const path = write(`${what.replaceAll(' ', '-')}.ts`, text)
    const error = await rejects(() => loadInventory([path]), code, message)
    assert.match(error.hint, hint)
    assert.match(error.place?.file ?? '', `${what.replaceAll(' ', '-')}.ts`)
  })
}

test('a module that never settles is an error', async () => {
  const path = write('never.ts', 'export default () => new Promise(() => {})\n')
  await rejects(() => readModule(new InventoryDraft(), path, 0.1), 'load-failed', 'timed out after 0.1 s')
})
