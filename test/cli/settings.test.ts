/** The settings of a project: their file, its permissions, their values and their precedence. */
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { findConfig } from '../../engine/cli/project/find-config.ts'
import { hookReporter } from '../../engine/cli/project/hooks.ts'
import { ownershipFault, isPrivateGroup } from '../../engine/cli/project/trusted-file.ts'
import type { CoxswainError } from '../../engine/errors.ts'
import { folderOf } from '../support/folder.ts'
import { runCli } from '../support/run-cli.ts'
import type { CliResult } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('settings of a project')
const { at, write } = folderOf(test)

/** A project with settings, an inventory, and a playbook that writes the variables that it reads. */
const project = (name: string, config: string) => {
  write(
    `${name}/coxswain.config.ts`,
    `import { defineConfig } from 'coxswain'\nexport default defineConfig(${config})\n`,
  )
  write(
    `${name}/hosts.yaml`,
    'all: { hosts: { here: { connection: local }, there: { connection: local } } }\n',
  )
  write(
    `${name}/playbooks/site.ts`,
    `import { playbook, z } from 'coxswain'
import { debug } from 'coxswain/tasks'
export default playbook({
  name: 'site',
  vars: z.unknown(),
  plays: ({ play }) => [play('one', { hosts: 'all', tasks: ({ host }) => [debug({ show: 'on ' + host.name })] })],
})
`,
  )
  return (
    words: readonly string[],
    folder = '.',
    env: Readonly<Record<string, string>> = {},
  ): Promise<CliResult> => runCli(words, { cwd: join(at(name), folder), env })
}

/** The settings that `run config` prints. */
const settingsOf = ({ stdout, stderr }: CliResult): Map<string, { value: unknown; source: string }> => {
  assert.is(stderr, '')
  const lines: { name: string; value: unknown; source: string }[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return new Map(lines.map(({ name, value, source }) => [name, { value, source }]))
}

test('settings are looked for upwards, up to a folder with .git', () => {
  write('up/coxswain.config.ts', '')
  mkdirSync(at('up/a/b'), { recursive: true })
  assert.equal(findConfig(at('up/a/b')), { kind: 'module', file: at('up/coxswain.config.ts') })
  write('up/a/.git', 'gitdir: elsewhere\n')
  assert.is(findConfig(at('up/a/b')), undefined)
  write('up/a/package.json', '{ "name": "x" }')
  assert.is(findConfig(at('up/a')), undefined)
  write('up/a/package.json', '{ "coxswain": { "forks": 3 } }')
  assert.equal(findConfig(at('up/a/b')), {
    kind: 'package',
    file: at('up/a/package.json'),
    value: { forks: 3 },
  })
})

test('settings in both files of a folder are an error', () => {
  write('both/coxswain.config.ts', '')
  write('both/package.json', '{ "coxswain": {} }')
  assert.throws(() => findConfig(at('both')), /both .*coxswain\.config\.ts and .*package\.json have settings/)
})

test('a file that another user could have written is not trusted', () => {
  const own = { mode: 0o100644, uid: 1000, gid: 1000, me: 1000, isPrivateGroup: () => false }
  assert.is(ownershipFault(own), undefined)
  assert.is(ownershipFault({ ...own, uid: 0 }), undefined)
  assert.match(ownershipFault({ ...own, uid: 1001 }) ?? '', 'belongs to another user')
  assert.match(ownershipFault({ ...own, mode: 0o100646 }) ?? '', 'every user')
  assert.match(ownershipFault({ ...own, mode: 0o100664 }) ?? '', 'its group')
  assert.is(ownershipFault({ ...own, mode: 0o100664, isPrivateGroup: () => true }), undefined)
})

test('a group is private if its owner is its only member', () => {
  const passwd =
    'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\n'
  const group = 'root:x:0:\nann:x:1000:\nbob:x:1001:ann\nstaff:x:50:ann,bob\n'
  assert.ok(isPrivateGroup(passwd, group, 1000, 1000))
  assert.not.ok(isPrivateGroup(passwd, group, 1001, 1001))
  assert.not.ok(isPrivateGroup(passwd, group, 1000, 50))
  assert.not.ok(isPrivateGroup(passwd, group, 1000, 77))
  assert.not.ok(isPrivateGroup(`${passwd}eve:x:1002:1000::/:/bin/sh\n`, group, 1000, 1000))
})

test('settings that every user can write are refused before their code runs', async () => {
  const run = project('unsafe', '{ get forks() { throw new Error("it was run") } }')
  chmodSync(at('unsafe/coxswain.config.ts'), 0o666)
  const { status, stderr } = await run(['config'])
  assert.is(status, 1)
  assert.match(
    stderr,
    /config-unsafe[\s\S]*coxswain\.config\.ts is not read: every user can write it[\s\S]*chmod go-w/,
  )
  assert.not.match(stderr, 'it was run')
})

test('settings of another user are refused', { needs: ['root'] }, async () => {
  const run = project('foreign', '{}')
  chownSync(at('foreign/coxswain.config.ts'), 12_345, 12_345)
  assert.match((await run(['config'])).stderr, /belongs to another user \(uid 12345\)/)
})

test('run config prints every setting with its source; paths are relative to the file', async () => {
  const run = project(
    'shown',
    `{ inventories: ['hosts.yaml', 'a,b,'], forks: 3, tasks: ['own'], outputs: ['plain', 'json=log/run.jsonl'],
       connection: { user: 'ops', become: true }, hooks: { 'run-end': () => {} } }`,
  )
  mkdirSync(at('shown/deep'))
  const found = settingsOf(await run(['config', '--output', 'json', '--host-key-checking', 'off'], 'deep'))
  const file = '../coxswain.config.ts'
  assert.equal(found.get('inventories'), { value: ['../hosts.yaml', 'a,b,'], source: file })
  assert.equal(found.get('forks'), { value: 3, source: file })
  assert.equal(found.get('outputs'), { value: ['plain', 'json=../log/run.jsonl'], source: file })
  assert.equal(found.get('connection.user'), { value: 'ops', source: file })
  assert.equal(found.get('hostKeyChecking'), { value: 'off', source: 'command line' })
  assert.equal(found.get('playbooks'), { value: '../playbooks', source: 'default' })
  assert.equal(found.get('hooks'), { value: ['run-end'], source: file })
  const { stdout } = await run(['config'])
  assert.match(stdout, /^settings: coxswain\.config\.ts\n\n/)
  assert.match(stdout, /^forks +3 +coxswain\.config\.ts$/m)
})

test('the command line overrides the environment, which overrides the settings', async () => {
  const run = project('order', `{ forks: 3, vaultPasswordFiles: ['word'] }`)
  const forks = async (...words: string[]) =>
    settingsOf(await run(['config', '--output', 'json', ...words])).get('forks')
  assert.equal(await forks(), { value: 3, source: 'coxswain.config.ts' })
  assert.equal(await forks('-f', '7'), { value: 7, source: 'command line' })
  const vault = async (env: Readonly<Record<string, string>>, ...words: string[]) =>
    settingsOf(await run(['config', '--output', 'json', ...words], '.', env)).get('vaultPasswordFiles')
  const env = { ANSIBLE_VAULT_PASSWORD_FILE: '/x' }
  assert.equal(await vault({}), { value: ['word'], source: 'coxswain.config.ts' })
  assert.equal(await vault(env), { value: ['/x'], source: 'ANSIBLE_VAULT_PASSWORD_FILE' })
  assert.equal(await vault(env, '--vault-password-file', 'y'), { value: ['y'], source: 'command line' })
})

test('the key coxswain of package.json can have the settings', async () => {
  write('packaged/package.json', '{ "name": "x", "coxswain": { "forks": 4 } }')
  const found = settingsOf(await runCli(['config', '--output', 'json'], { cwd: at('packaged') }))
  assert.equal(found.get('forks'), { value: 4, source: 'package.json' })
})

for (const [about, config, message, hint] of [
  [
    'a misspelt key',
    '{\n  fork: 3 }',
    /there is no setting "?fork"?[\s\S]*config\.ts:3:3/,
    'did you mean forks? allowed: inv',
  ],
  [
    'a misspelt key below',
    "{ connection: { usr: 'x' } }",
    /no setting of connection "?usr"?/,
    'did you mean user?',
  ],
  [
    "Ansible's name",
    '{ connection: { ansible_user: "x" } }',
    /no setting of connection/,
    'did you mean user?',
  ],
  ['a secret', '{ connection: { password: "x" } }', /password is a secret/, 'encrypted'],
  [
    'a misspelt event',
    "{ hooks: { 'run-ended': () => {} } }",
    /no setting of hooks/,
    'did you mean run-end?',
  ],
  ['a wrong value', '{ forks: 0 }', /forks: /, 'docs/settings.md'],
  ['a wrong output', "{ outputs: ['jsn'] }", /: outputs: jsn is not one of/, 'did you mean json?'],
  ['null', 'null', /config\.ts: the settings must be an object/, 'export default defineConfig'],
  [
    'a map as a setting of connection',
    '{ connection: { become: { a: 1 } } }',
    /config\.ts: connection\.become: must be a string, a number, true or false/,
    'docs/settings.md',
  ],
] as const)
  test(`${about} is one error with the file, the key and what is allowed`, async () => {
    const name = about.replaceAll(/\W/g, '-')
    const { status, stderr } = await project(name, config)(['site', '-i', 'hosts.yaml'])
    assert.is(status, 1)
    assert.match(stderr, message)
    assert.match(stderr, hint)
    assert.match(stderr, 'coxswain.config.ts')
  })

test('errors about settings that cannot be loaded name the file', async () => {
  const run = project('broken', '{ forks: nothing }')
  assert.match(
    (await run(['config'])).stderr,
    /load-failed[\s\S]*nothing is not defined[\s\S]*coxswain\.config\.ts:2/,
  )
  write('empty/coxswain.config.ts', 'export const forks = 3\n')
  assert.match(
    (await runCli(['config'], { cwd: at('empty') })).stderr,
    'coxswain.config.ts exports no settings',
  )
})

test('a run takes inventories, outputs and connections from the settings; run NAME finds the playbook', async () => {
  const run = project(
    'complete',
    `{ inventories: ['hosts.yaml'], outputs: ['json'], connection: { become_timeout: 7 } }`,
  )
  const { status, stdout, stderr } = await run(['site'], 'playbooks')
  assert.is(status, 0, stderr)
  assert.match(stdout, '"hosts":["here","there"]')
  assert.match((await run(['site', '--output', 'plain'])).stdout, 'play 1/1')
  const explained = await run(['inventory', '--host', 'here', '--explain', 'become_timeout'])
  assert.match(explained.stdout, 'coxswain.config.ts:2')
  const inventory =
    'all: { hosts: { here: { connection: local, ansible_become_timeout: 1, become_timeout: 3 } } }\n'
  write('complete/other.yaml', inventory)
  const other = await run(['inventory', '-i', 'other.yaml', '--host', 'here'])
  assert.match(other.stdout, '"become_timeout": 3')
  assert.match((await run(['sites'])).stderr, 'did you mean site?')
})

test('a task of the project is run by its name, and overrides one of the library', async () => {
  const run = project('own-tasks', `{ inventories: ['hosts.yaml'], tasks: ['mine'] }`)
  write(
    'own-tasks/mine/greeting.ts',
    `import { defineTask, ok, z } from 'coxswain'
export const greeting = defineTask({
  name: 'greeting', description: 'Greets.', params: z.object({}), title: () => 'hello from mine',
  async check() { return ok() },
})
`,
  )
  const { status, stdout, stderr } = await run(['greeting', '--hosts', 'here', '--output', 'json'])
  assert.is(status, 0, stderr)
  assert.match(stdout, 'hello from mine')
})

test('without settings, ./inventory.yaml or ./inventory/ is used, and named', async () => {
  write('bare/inventory/web', 'w1\n')
  const folder = await runCli(['run', '--list-hosts'].slice(1), { cwd: at('bare') })
  assert.match(folder.stdout, 'w1')
  assert.is(folder.stderr, 'inventory: inventory\n')
  write('bare/inventory.yaml', 'all: { hosts: { w2: } }\n')
  const file = await runCli(['--list-hosts'], { cwd: at('bare') })
  assert.match(file.stdout, 'w2')
  assert.is(file.stderr, 'inventory: inventory.yaml\n')
  assert.is((await runCli(['--list-hosts', '-i', 'w3,'], { cwd: at('bare') })).stderr, '')
  chmodSync(at('bare/inventory.yaml'), 0o666)
  assert.match(
    (await runCli(['--list-hosts'], { cwd: at('bare') })).stderr,
    /config-unsafe[\s\S]*-i takes any file/,
  )
  assert.match((await runCli(['--list-hosts'], { cwd: '/' })).stderr, 'no inventory is given')
})

test('help and completion of options do not load settings', async () => {
  const run = project('lazy', '{ get forks() { throw new Error("it was run") } }')
  for (const words of [['--help'], ['exec', '--help'], ['__complete', '--', 'site.ts', '--ch']])
    assert.not.match((await run(words)).stderr, 'it was run')
})

test('run docs lists the library where settings cannot be loaded, and reports them', async () => {
  const { status, stdout, stderr } = await project(
    'torn',
    "{ get tasks() { throw new Error('it was run') } }",
  )(['docs'])
  assert.is(status, 0)
  assert.match(stdout, /^ {2}sysctl /m)
  assert.match(stderr, 'it was run')
})

test('completion offers the playbooks and hosts of the project', async () => {
  const run = project('tab', `{ inventories: ['hosts.yaml'] }`)
  assert.match((await run(['__complete', '--', 'si'])).stdout, /^site$/m)
  assert.match((await run(['__complete', '--', 'exec', 'the'])).stdout, /^there$/m)
})

test('hooks get the events of a run in order, are awaited, and do not change its outcome', async () => {
  const run = project(
    'hooked',
    `{ inventories: ['hosts.yaml'], hooks: {
  'run-start': async ({ playbook }) => { await null; console.error('HOOK start ' + playbook) },
  'task-end': ({ outcome }) => { throw new Error('no ' + outcome) },
  'run-end': async ({ recap }) => { await new Promise((done) => setImmediate(done)); console.error('HOOK end ' + recap.length) },
} }`,
  )
  const { status, stderr } = await run(['site'])
  assert.is(status, 0)
  assert.match(stderr, /HOOK start site[\s\S]*HOOK end 2[\s\S]*the hook task-end failed: no ok/)
  assert.match(stderr, /coxswain\.config\.ts:4/)
  assert.is(stderr.split('the hook task-end failed').length, 2)
})

test('a hook that does not end is reported', async () => {
  const reports: CoxswainError[] = []
  const place = { file: 'coxswain.config.ts', line: 3 }
  const reporter = hookReporter(new Map([['play-end', { call: () => new Promise(() => {}), place }]]), {
    through: (_, send) => send,
    report: (error) => reports.push(error),
    seconds: 0,
  })
  reporter.handle['play-end']({ type: 'play-end', time: 1, play: 0, failed: [], note: undefined })
  await reporter.close()
  assert.equal(
    reports.map((error) => [error.message, error.place]),
    [['the hook play-end failed: timed out after 0 s', place]],
  )
})
