/** `run inventory`, `run schema` and the values of -i. */
import { chmodSync } from 'node:fs'
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('inventories at the command line')

const { path: folder, write, at } = folderOf(test)
const run = (...words: string[]) => runCli(words, { cwd: folder })

write(
  'inv/hosts.ini',
  '[all:vars]\nconnection=local\n[web]\nw[1:2] greeting=host\n[db]\nd1 db_password=hush\n',
)
write('inv/group_vars/web.yaml', 'place: inventory\n')
write('play/group_vars/web.yaml', 'place: playbook\n')
write(
  'play/site.ts',
  `import { playbook, z } from 'coxswain'
import { command } from 'coxswain/tasks'

export default playbook({
  name: 'site',
  vars: z.object({ place: z.string(), size: z.number().default(3) }),
  plays: ({ play }) => [
    play('p', { hosts: 'web', tasks: ({ vars }) => [command({ run: \`echo from \${vars.place}\` })] }),
  ],
})
`,
)
write(
  'cloud.ts',
  `import { defineInventory } from 'coxswain'
import type { InventorySpec } from 'coxswain'

const found = async (): Promise<InventorySpec> => ({ groups: { web: { hosts: { c1: { connection: 'local', place: 'cloud' } } } } })
export default defineInventory(found)
`,
)

test('a tree, a listing, and a host', async () => {
  const tree = await run('inventory', '-i', 'inv/hosts.ini')
  assert.is(tree.stdout, '@all:\n  |--@web:\n  |  |--w1\n  |  |--w2\n  |--@db:\n  |  |--d1\n', tree.stderr)
  assert.is(
    (await run('inventory', '--graph', '-i', 'inv', '-l', 'db')).stdout,
    '@all:\n  |--@db:\n  |  |--d1\n',
  )
  const list = await run('inventory', '--list', '-i', 'inv', '-l', 'db')
  assert.equal(JSON.parse(list.stdout), {
    _meta: { hostvars: { d1: { connection: 'local', db_password: '********' } } },
    all: { children: ['web', 'db'] },
    web: {},
    db: { hosts: ['d1'] },
  })
  const host = await run('inventory', '--host', 'w1', '-i', 'inv', '-e', 'greeting=typed')
  assert.equal(JSON.parse(host.stdout), { connection: 'local', place: 'inventory', greeting: 'typed' })
})

test('pain 13: a value is explained as a playbook sees it', async () => {
  const words = ['inventory', '--host', 'w1', '-i', 'inv', '--playbook', 'play/site.ts', '--explain']
  const { stdout, stderr } = await run(...words, 'place')
  assert.match(stdout, /^place on w1: "playbook"$/m, stderr)
  assert.match(stdout, /^ {4}group web {2}inv\/group_vars\/web\.yaml:1:1 +"inventory"$/m)
  assert.match(stdout, /^ {2}> group web {2}play\/group_vars\/web\.yaml:1:1 +"playbook"$/m)
  assert.match((await run(...words)).stdout, /^size on w1: 3\n {2}> default {2}play\/site\.ts {2}3$/m)
  const d1 = await run('inventory', '--host', 'd1', '-i', 'inv', '--explain')
  assert.match(d1.stdout, 'db_password on d1: ********')
  assert.not.match(d1.stdout, 'hush')
})

test('unknown names are reported with the nearest name', async () => {
  const cases: [string[], number, RegExp][] = [
    [['--host', 'w3'], 1, /no host w3[\s\S]*did you mean w1\?/],
    [['--host', 'w1', '-l', 'db'], 1, /--limit excludes the host w1/],
    [['--host', 'w1', '--explain', 'palce'], 1, /w1 has no variable palce[\s\S]*did you mean place\?/],
    [['--explain'], 1, /--explain needs a host/],
    [['--list', '--host', 'w1'], 1, /--list and --host cannot be used together/],
    [['-l', 'wbe'], 1, /--limit\n[\s\S]*wbe\n[\s\S]*\^[\s\S]*did you mean web\?/],
  ]
  for (const [words, status, text] of cases) {
    const result = await run('inventory', '-i', 'inv', ...words)
    assert.is(result.status, status, words.join(' '))
    assert.match(result.stderr, text)
  }
})

test('an encrypted file of variables is not opened, and a variable that could be in it is not reported as missing', async () => {
  write('shut/hosts.ini', '[web]\nw1 connection=local\n')
  write('shut/group_vars/web.yaml', '$ANSIBLE_VAULT;1.1;AES256\n3030\n')
  const { status, stderr } = await run('inventory', '-i', 'shut', '--host', 'w1', '--explain', 'token')
  assert.is(status, 1)
  assert.match(
    stderr,
    /no variable token outside the encrypted file shut\/group_vars\/web\.yaml[\s\S]*encrypted/,
  )
})

test('--list-tags shows tasks tagged never, and --tags selects them', async () => {
  write(
    'play/tagged.ts',
    `import { playbook, z } from 'coxswain'
import { debug } from 'coxswain/tasks'

export default playbook({
  name: 'tagged',
  vars: z.object({}),
  plays: ({ play }) => [
    play('p', { hosts: 'web', tasks: () => [debug({ show: 1 }, { tags: ['never', 'deep'] }), debug({ show: 2 }, { tags: 'usual' })] }),
  ],
})
`,
  )
  const tags = async (...words: string[]) =>
    (await run('play/tagged.ts', '-i', 'inv', '--list-tags', ...words)).stdout
  assert.match(await tags(), /^ {2}deep, never, usual$/m)
  assert.match(await tags('--tags', 'usual'), /^ {2}usual$/m)
})

test('a playbook reads group_vars beside it, and a module provides its hosts', async () => {
  const play = await run('play/site.ts', '-i', 'inv/hosts.ini', '--list-tasks')
  assert.match(play.stdout, 'echo from playbook', play.stderr)
  const cloud = await run('inventory', '--host', 'c1', '-i', 'cloud.ts')
  assert.equal(JSON.parse(cloud.stdout), { connection: 'local', place: 'cloud' })
})

test('--limit accepts a file of hosts', async () => {
  write('retry', '# yesterday\nw2\n')
  const listed = await run('play/site.ts', '-i', 'inv', '--limit', '@retry', '--list-hosts')
  assert.match(listed.stdout, /1 host\n {4}w2/, listed.stderr)
  const wrong = await run('exec', '@nowhere', '-i', 'inv', '--', 'true')
  assert.match(wrong.stderr, /cannot read the pattern file nowhere/)
})

test('an invalid pattern is reported with its place', async () => {
  const cases: [string[], RegExp][] = [
    [['exec', 'w9', '-i', 'inv', '--', 'true'], /^ {2}pattern$/m],
    [['command', 'run=true', '--hosts', 'wbe', '-i', 'inv'], /^ {2}--hosts$/m],
    [['play/site.ts', '-i', 'h1,'], /^ {2}hosts of play "p"$/m],
  ]
  for (const [words, text] of cases) assert.match((await run(...words)).stderr, text)
})

test('an executable that fails is reported with its output', async () => {
  const path = write('fails.sh', '#!/bin/sh\necho "no credentials" >&2\nexit 3\n')
  chmodSync(path, 0o755)
  const { status, stderr } = await run('inventory', '-i', basename(at('fails.sh')))
  assert.is(status, 1)
  assert.match(stderr, /load-failed[\s\S]*fails\.sh --list exited with 3[\s\S]*no credentials/)
})

test('a playbook’s schema is printed', async () => {
  const { stdout, stderr } = await run('schema', 'play/site.ts')
  const schema: { title?: unknown } = JSON.parse(stdout)
  assert.is(schema.title, 'inventory for site', stderr)
  assert.match((await run('schema', 'cloud.ts')).stderr, 'load-failed')
})

test('without -i, inventory.yaml in the current folder is used, and named on standard error', async () => {
  write('inventory.yaml', 'all: { hosts: { a: } }\n')
  const { status, stdout, stderr } = await run('inventory')
  assert.is(status, 0)
  assert.match(stdout, 'a')
  assert.is(stderr, 'inventory: inventory.yaml\n')
})

test('ambiguous values are a warning on standard error, once, with their place', async () => {
  const source = write(
    'odd.yaml',
    'site:\n  children:\n    mastrs:\nmasters: { hosts: { m1: { connection: local } } }\n',
  )
  for (const words of [
    ['inventory', '--graph'],
    ['inventory', '--list'],
    ['exec', 'all', '--list-hosts', '--', 'true'],
  ]) {
    const [command = '', ...rest] = words
    const { status, stdout, stderr } = await runCli([command, '-i', source, ...rest])
    assert.is(status, 0, stderr)
    assert.not.match(stdout, 'warning')
    assert.is(
      stderr,
      `warning: the group mastrs is not defined: it is read as an empty group\n  ${source}:3:5\n    3 |     mastrs:\n      |     ^\n  hint: did you mean masters?\n`,
    )
  }
})
