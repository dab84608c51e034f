/** Invalid input and failures on hosts: one clear error with a hint, the documented exit status, and nothing incomplete. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { addUser, freePort, startSshd } from '../../support/sshd.ts'
import type { Sshd, TestUser } from '../../support/sshd.ts'

const test = suite('failures at the command line', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
let user: TestUser
const folder = mkdtempSync(join(tmpdir(), 'coxswain-failures-'))

test.before(async () => {
  sshd = await startSshd()
  user = addUser('cxw-cli', { sudo: 'with password' })
})
test.after(async () => {
  await sshd.stop()
  user.remove()
  rmSync(folder, { recursive: true, force: true })
})

const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** An inventory with one host, the sshd of this test. */
const inventory = (change: Record<string, string | number> = {}): string => {
  const vars = {
    address: '127.0.0.1',
    port: sshd.port,
    user: 'root',
    private_key_file: sshd.keyFile,
    known_hosts_file: sshd.knownHosts,
    ...change,
  }
  return write('inventory.yaml', `all:\n  hosts:\n    web1: ${JSON.stringify(vars)}\n`)
}

const touch = (...words: string[]): Promise<CliResult> =>
  runCli([
    'file',
    `path=${join(folder, 'made')}`,
    'content=x',
    '--hosts',
    'web1',
    '--output',
    'plain',
    ...words,
  ])

/** Asserts status, error code, text and a hint, and that nothing was created. */
const fails = (result: CliResult, status: number, code: string, ...texts: (string | RegExp)[]): void => {
  const all = result.stdout + result.stderr
  assert.is(result.status, status, all)
  assert.match(all, `[${code}]`)
  assert.match(all, /hint: \S/)
  for (const text of texts) assert.match(all, text)
  assert.is(all.split(/error ?\[/).length - 1, 1, `one error:\n${all}`)
  assert.not.ok(readdirSync(folder).includes('made'))
}

test('an invalid inventory is shown with line, column and caret', async () => {
  const file = write('wrong.yaml', 'all:\n  hosts:\n    web1:\n    no:\n')
  fails(await touch('-i', file), 1, 'inventory-invalid', `${file}:4:5`, '    no:', /\^/, 'quote it')
})

test('a misspelt key of a group is a warning, as in Ansible, with its place and the nearest key', async () => {
  const file = write('misspelt.yaml', 'all:\n  hots:\n    web1:\n  hosts: { web1: { connection: local } }\n')
  const { status, stderr } = await touch('-i', file, '--check')
  assert.is(status, 0, stderr)
  for (const text of ['"hots" is not a key of a group', `${file}:2:3`, 'did you mean hosts?'])
    assert.match(stderr, text)
})

test('an unknown host is reported with the nearest name', async () => {
  const result = await runCli(['exec', 'wbe1', '-i', inventory(), '--', 'true'])
  fails(result, 1, 'pattern-invalid', 'wbe1 does not match any host or group', 'did you mean web1?')
})

test('an unknown task, a wrong parameter and a missing one', async () => {
  const i = inventory()
  fails(await runCli(['flie', '-i', i, '--hosts', 'all']), 1, 'load-failed', 'did you mean file?')
  fails(
    await runCli(['file', 'pth=/x', '-i', i, '--hosts', 'all']),
    1,
    'params-invalid',
    'did you mean path?',
  )
  fails(await runCli(['file', '-i', i, '--hosts', 'all']), 1, 'params-invalid', 'path')
})

test('a task from a local file, by its name if there are several', async () => {
  const text = (name: string): string =>
    `export const ${name} = defineTask({ name: '${name}', description: 'Is fine.', params: z.object({}), check: () => ok() })\n`
  const head = "import { defineTask, ok, z } from 'coxswain'\n"
  const one = write('one.ts', head + text('alone'))
  const two = write('two.ts', head + text('left') + text('right'))
  const i = inventory()
  assert.match(
    (await runCli([one, '-i', i, '--hosts', 'web1', '--output', 'plain'])).stdout,
    /web1\s+ok\s+alone/,
  )
  assert.match(
    (await runCli([`${two}#right`, '-i', i, '--hosts', 'web1', '--output', 'plain'])).stdout,
    /web1\s+ok\s+right/,
  )
  fails(
    await runCli([two, '-i', i, '--hosts', 'web1']),
    1,
    'load-failed',
    'exports several tasks or roles: left, right',
  )
  fails(await runCli([`${two}#up`, '-i', i, '--hosts', 'web1']), 1, 'load-failed', 'no task or role named up')
  fails(await runCli([one, '-i', i]), 1, 'usage', 'needs hosts')
  fails(
    await runCli([write('none.ts', 'export const x = 1\n'), '-i', i]),
    1,
    'load-failed',
    'neither a playbook',
  )
  fails(await runCli([join(folder, 'nothing.ts'), '-i', i]), 1, 'load-failed', 'does not exist')
})

test('listings do not connect', async () => {
  const i = inventory({ port: 1 })
  const tasks = await runCli(['--list-tasks'])
  assert.match(tasks.stdout, /^etcd-member-add\s+Adds a host to the etcd cluster/m)
  const hosts = await runCli(['file', 'path=/x', '--hosts', 'all', '-i', i, '--list-hosts'])
  assert.match(hosts.stdout, '  1 host\n    web1')
  assert.is((await runCli(['--list-hosts', '-i', i])).stdout, '1 host\n  web1\n')
  const none = await runCli(['--list-hosts', '-i', i, '--hosts', 'all:!web1'])
  assert.is(none.stdout, '0 hosts\n')
  const exec = await runCli(['exec', 'all', '-i', i, '--list-hosts', '--', 'true'])
  assert.match(exec.stdout, '  1 host\n    web1')
  const help = await runCli(['playbooks/reset.ts', '--help'])
  assert.match(help.stdout, 'reset: Takes a control plane apart')
})

test('a playbook that does not load is reported with its place', async () => {
  const file = write('broken.ts', "import { playbook } from 'coxswain'\nexport default playbook({\n")
  fails(await runCli([file, '-i', inventory()]), 1, 'load-failed', 'broken.ts')
})

test('a closed port is unreachable', async () => {
  const port = await freePort()
  fails(
    await touch('-i', inventory({ port })),
    4,
    'connect-failed',
    `cannot connect to root@127.0.0.1:${port}`,
    'unreachable',
  )
})

test('a wrong key is unreachable, with the list of attempts', async () => {
  const key = join(folder, 'other_key')
  rmSync(key, { force: true })
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  fails(await touch('-i', inventory({ private_key_file: key })), 4, 'auth-failed', 'other_key was refused')
})

test('an unknown host key is unreachable', async () => {
  const file = write('known_hosts_empty', '')
  fails(await touch('-i', inventory({ known_hosts_file: file })), 4, 'host-key-unknown', 'SHA256:')
})

test('a wrong sudo password fails immediately and is never shown', async () => {
  const i = inventory({ user: user.name, become_password: 'wrong-one-9' })
  const result = await touch('-i', i, '-b')
  fails(result, 2, 'become-password-wrong', 'sudo rejected the password')
  assert.not.match(result.stdout + result.stderr, 'wrong-one-9')
})

test('a correct sudo password works, from the inventory and from the prompt', async () => {
  const path = join(folder, 'by-root')
  const words = ['file', `path=${path}`, 'content=x', '--hosts', 'web1', '-b', '--output', 'plain']
  const first = await runCli([...words, '-i', inventory({ user: user.name, become_password: user.password })])
  assert.is(first.status, 0, first.stdout + first.stderr)
  const second = await runCli([...words, '-i', inventory({ user: user.name }), '-K'], {
    input: `${user.password}\n`,
  })
  assert.is(second.status, 0, second.stdout + second.stderr)
  assert.match(second.stdout, /web1\s+ok/)
})

test('two passwords are read from one pipe', async () => {
  const words = [
    'file',
    'path=/x',
    'content=x',
    '--hosts',
    'web1',
    '--list-tasks',
    '-i',
    inventory(),
    '-k',
    '-K',
  ]
  const result = await runCli(words, { input: 'one\ntwo\n' })
  assert.is(result.status, 0, result.stdout + result.stderr)
  assert.match(result.stderr, /Login password: \nBecome password: \n/)
})

test('a full disk is an error, and leaves no incomplete file', async () => {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
  try {
    const big = write('big', 'x'.repeat(200_000))
    const result = await runCli([
      'copy',
      `src=${big}`,
      `dest=${disk}/big`,
      '--hosts',
      'web1',
      '-i',
      inventory(),
      '--output',
      'plain',
    ])
    fails(result, 2, 'write-failed', 'No space left on device', 'free space on its file system')
    assert.equal(readdirSync(disk), [])
  } finally {
    execFileSync('umount', [disk])
  }
})

test('a missing command is reported', async () => {
  const result = await runCli([
    'command',
    'run=no-such-command-here',
    '--hosts',
    'web1',
    '-i',
    inventory(),
    '--output',
    'plain',
  ])
  fails(result, 2, 'command-failed', 'exit status 127', 'install it on the host')
})

test('--check exits with 3 if something would change, and changes nothing', async () => {
  const result = await touch('-i', inventory(), '--check', '--exit-code')
  assert.is(result.status, 3, result.stdout)
  assert.not.ok(readdirSync(folder).includes('made'))
})

test('JSON output has one event per line, from start to end', async () => {
  const { stdout, status } = await runCli([
    'exec',
    'web1',
    '-i',
    inventory(),
    '--output',
    'json',
    '--',
    'echo hi',
  ])
  assert.is(status, 0)
  const types = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type)
  assert.is(types[0], 'run-start')
  assert.is(types.at(-1), 'run-end')
})

test('a missing command, and unknown commands', async () => {
  assert.is((await runCli([])).status, 1)
  fails(await runCli(['--no-such-option']), 1, 'usage', '--no-such-option')
  const help = await runCli(['--help'])
  assert.is(help.status, 0)
  assert.match(help.stdout, 'Exit status: 0 ok')
  assert.match((await runCli(['sysctl', '--help'])).stdout, /key=string\s+dotted name/)
})
