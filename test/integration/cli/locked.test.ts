/** An encrypted file of variables is not opened if nothing in it is needed. */
import { Vault } from 'ansible-vault'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('an encrypted file that is not needed')
const folder = folderOf(test)

test.before(async () => {
  folder.write('inventory.yaml', 'all: { hosts: { here: { connection: local } } }\n')
  folder.write('group_vars/all/plain.yml', 'size: 3\n')
  folder.write(
    'group_vars/all/vault.yml',
    await new Vault({ password: 'key' }).encrypt('token: hunter2\nlevel: 1\n', ''),
  )
  folder.write(
    'site.ts',
    `import { playbook, secret, z } from 'coxswain'
import { command } from 'coxswain/tasks'
export default playbook({
  name: 'site',
  vars: z.object({ size: z.number(), token: secret(), level: z.number().optional() }),
  plays: ({ play }) => [
    play('p', { hosts: 'all', tags: 'one', tasks: ({ vars }) => [command({ run: 'cat', stdin: vars.token }, { title: 'size ' + vars.size })] }),
  ],
})
`,
  )
  folder.write(
    'needs.ts',
    `import { playbook, z } from 'coxswain'
import { command } from 'coxswain/tasks'
export default playbook({ name: 'needs', vars: z.object({ level: z.number() }), plays: ({ play }) => [
  play('p', { hosts: 'all', tasks: ({ vars }) => [command({ run: 'echo ' + vars.level })] })] })
`,
  )
})

const run = (first: string, ...words: string[]): Promise<CliResult> =>
  runCli([first, '-i', folder.at('inventory.yaml'), ...words], { cwd: folder.path })

const works = async (text: string, first: string, ...words: string[]): Promise<CliResult> => {
  const result = await run(first, ...words)
  assert.is(result.status, 0, result.stdout + result.stderr)
  assert.match(result.stdout, text)
  return result
}

test('listings do not need a key', async () => {
  await works('size 3', 'site.ts', '--list-tasks')
  await works('one', 'site.ts', '--list-tags')
  await works('here', 'site.ts', '--list-hosts')
  await works('here', 'inventory', '--list')
})

test('a command does not need a key, and reports what it did not open', { needs: ['root'] }, async () => {
  for (const become of [[], ['-b']]) {
    const words = ['all', ...become, '--output', 'plain', '--', 'echo', 'hello']
    const { stderr } = await works('hello', 'exec', ...words)
    assert.match(stderr, 'vault.yml')
  }
})

test('reading such a variable fails, and names the file', async () => {
  for (const [first, ...words] of [['site.ts'], ['needs.ts', '--list-tasks']] as const) {
    const { status, stderr } = await run(first, ...words)
    assert.is(status, 1, stderr)
    assert.match(stderr, '[secret-locked]')
    assert.match(stderr, 'vault.yml')
  }
})

/** A site whose become password is encrypted, without a key for it. */
const becoming = async (tasks: string, play = ''): Promise<string> => {
  const sealed = await new Vault({ password: 'key' }).encrypt('s3cret', '')
  folder.write(
    'becoming/hosts.yaml',
    `all:\n  hosts: { here: { connection: local } }\n  vars:\n    become_password: !vault |\n${sealed.trim().replaceAll(/^/gm, '      ')}\n`,
  )
  return folder.write(
    'becoming.ts',
    `import { pick, playbook, z } from 'coxswain'
import { command } from 'coxswain/tasks'
export default playbook({ name: 'becoming', vars: z.object({}), plays: ({ play }) => [
  play('p', { hosts: 'all', tags: 'one', ${play} tasks: () => [${tasks}] })] })
`,
  )
}
const there = (...words: string[]): Promise<CliResult> =>
  runCli([...words, '-i', folder.at('becoming/hosts.yaml'), '--output', 'plain'], { cwd: folder.path })

test('a become password is opened where a task becomes another user, and only there', async () => {
  const plain = "command({ run: 'echo well' })"
  for (const [tasks, play, opens] of [
    [plain, '', false],
    [plain, 'become: true,', true],
    ["command({ run: 'true' }, { become: true })", '', true],
    ["command({ run: 'true' }, { become: 'daemon' })", 'become: false,', true],
    ["command({ run: 'true' }, { become: false })", 'become: true,', false],
    [plain, "handlers: () => ({ h: command({ run: 'true' }, { become: true }) }),", true],
  ] as const) {
    const { status, stderr, stdout } = await there(await becoming(tasks, play))
    assert.is(status, opens ? 1 : 0, `${tasks} ${play}: ${stdout}${stderr}`)
    if (opens) assert.match(stderr, '[secret-locked]')
  }
})

test('without become, the password is not needed: exec, doctor, and listings', async () => {
  const book = await becoming("command({ run: 'true' })", 'become: true,')
  for (const words of [
    ['exec', 'all'],
    ['doctor'],
    [book, '--list-hosts'],
    [book, '--list-tasks'],
    [book, '--list-tags'],
    ['inventory', '--list'],
    ['inventory', '--host', 'here', '--explain'],
  ]) {
    const [first = '', ...rest] = words
    const ending = first === 'exec' ? ['--', 'echo', 'well'] : []
    const output = first === 'inventory' ? [] : ['--output', first === 'doctor' ? 'json' : 'plain']
    const result = await runCli(
      [first, ...rest, '-i', folder.at('becoming/hosts.yaml'), ...output, ...ending],
      {
        cwd: folder.path,
      },
    )
    assert.not.match(result.stdout + result.stderr, 'secret-locked', words.join(' '))
    assert.is(result.status, 0, `${words.join(' ')}: ${result.stdout}${result.stderr}`)
  }
  const refused = await runCli(
    ['exec', 'all', '-b', '-i', folder.at('becoming/hosts.yaml'), '--output', 'plain', '--', 'true'],
    { cwd: folder.path },
  )
  assert.is(refused.status, 1)
  assert.match(refused.stderr, '[secret-locked]')
})

test('a typed password is used instead of the encrypted one', async () => {
  await becoming("command({ run: 'true' })")
  const typed = await runCli(
    [
      'exec',
      'all',
      '-b',
      '-K',
      '-i',
      folder.at('becoming/hosts.yaml'),
      '--output',
      'plain',
      '--',
      'id',
      '-u',
    ],
    { cwd: folder.path, input: 'typed\n' },
  )
  assert.not.match(typed.stderr, 'secret-locked')
})
