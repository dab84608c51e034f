/** Expressions in inventories, from the command line. */
import { existsSync } from 'node:fs'
import { Vault } from 'ansible-vault'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('expressions at the command line')
const folder = folderOf(test)

test.before(async () => {
  folder.write(
    'inventory.yaml',
    `all:
  children:
    web:
      hosts:
        w1: { number: 1 }
        w2: { number: 2 }
    db:
      hosts:
        d1: { number: 9 }
`,
  )
  folder.write(
    'group_vars/all/plain.yml',
    `ansible_connection: "{{ 'local' if number > 0 else 'ssh' }}"
ansible_host: "10.0.0.{{ number }}"
size: "{{ number * 10 }}"
url: "http://app:{{ vault_token }}@{{ hostvars[groups['db'][0]].ansible_host }}/"
wrong: "{{ numbr }}"
stamp: "{{ lookup('pipe', 'touch ran; echo stamped') }}"
crowd: "{{ ansible_play_hosts | length }}"
`,
  )
  folder.write(
    'group_vars/all/vault.yml',
    await new Vault({ password: 'key' }).encrypt('vault_token: hush-4711\n', ''),
  )
  folder.write('key', 'key')
  const book = (name: string, schema: string, tasks: string): string =>
    folder.write(
      `${name}.ts`,
      `import { playbook, secret, z } from 'coxswain'
import { command } from 'coxswain/tasks'
export default playbook({
  name: 'book',
  vars: z.object({ ${schema} }),
  plays: ({ play }) => [play('p', { hosts: 'web', tasks: ({ vars, host }) => [${tasks}] })],
})
`,
    )
  book('sizes', 'size: z.number()', "command({ run: 'echo size ' + vars.size + ' of ' + host.address })")
  book('urls', 'url: secret()', "command({ run: 'cat', stdin: vars.url }, { title: 'the url' })")
  book('texts', 'url: z.string()', "command({ run: 'echo ' + vars.url })")
  book('stamps', 'stamp: z.string(), size: z.number()', "command({ run: 'echo ' + vars.stamp })")
  book('tokens', 'stamp: secret()', "command({ run: 'cat', stdin: vars.stamp }, { title: 'stamp' })")
  book('crowds', 'crowd: z.number()', "command({ run: 'echo crowd ' + vars.crowd })")
  book('open/wrongs', 'wrong: z.string()', "command({ run: 'echo ' + vars.wrong })")
})

const run = (first: string, ...words: string[]): Promise<CliResult> =>
  runCli([first, '-i', folder.at('inventory.yaml'), ...words], { cwd: folder.path })
const withKey = ['--vault-password-file', folder.at('key')]

const works = async (text: string | RegExp, first: string, ...words: string[]): Promise<CliResult> => {
  const result = await run(first, ...words)
  assert.is(result.status, 0, result.stdout + result.stderr)
  assert.match(result.stdout, text)
  return result
}

test('a playbook reads values of its hosts with their types, and addresses', async () => {
  const { stdout } = await works(
    'echo size 10 of 10.0.0.1',
    'sizes.ts',
    '--output',
    'plain',
    '-v',
    ...withKey,
  )
  assert.match(stdout, 'echo size 20 of 10.0.0.2')
})

test('a listing evaluates what it needs, without a key', async () => {
  await works('echo size 10 of 10.0.0.1', 'sizes.ts', '--list-tasks')
  await works('the url', 'urls.ts', '--list-tasks')
})

test('a secret in a text is masked, and its file is opened', async () => {
  const { stdout, stderr } = await works('the url', 'urls.ts', '--output', 'plain', '-vv', ...withKey)
  assert.not.match(stdout + stderr, '4711')
  const shown = await works('p', 'texts.ts', '--output', 'plain', '-vv', ...withKey)
  assert.not.match(shown.stdout + shown.stderr, '4711')
  const without = await run('urls.ts')
  assert.match(without.stderr, 'secret-locked')
})

test('--explain shows the text and the value', async () => {
  const { stdout } = await works(/^size on w2: 20$/m, 'inventory', '--host', 'w2', '--explain')
  assert.match(stdout, /^ {2}> all {2}\S*plain\.yml:3:1 +"\{\{ number \* 10 \}\}"$/m)
  assert.match(
    stdout,
    /^url on w2: cannot be known here: \w+ is in no plain file, and \S*vault\.yml is encrypted$/m,
  )
  assert.match(stdout, /^stamp on w2: not evaluated here: it reads a program$/m)
  assert.match(stdout, /^crowd on w2: not evaluated here: it reads the hosts of a play$/m)
  assert.match(stdout, /^ansible_connection on w2: "local"$/m)
  assert.not.ok(existsSync(folder.at('ran')))
  await works('"{{ number * 10 }}"', 'inventory', '--host', 'w2')
})

test('--explain opens encrypted files with a key, and masks what is in them', async () => {
  const { stdout, stderr } = await works(
    /^url on w2: \*+$/m,
    'inventory',
    '--host',
    'w2',
    '--explain',
    ...withKey,
  )
  assert.not.match(stdout + stderr, '4711')
  assert.match(stdout, /^stamp on w2: not evaluated here: it reads a program$/m)
  assert.not.ok(existsSync(folder.at('ran')))
})

test('an expression that is wrong is an error at its place, if it is read', async () => {
  folder.write('open/inventory.yaml', 'web: { hosts: { w1: { number: 1, wrong: "{{ numbr }}" } } }\n')
  const one = (...words: string[]): Promise<CliResult> =>
    runCli([...words, '-i', folder.at('open/inventory.yaml')], { cwd: folder.at('open') })
  const { status, stderr } = await one('wrongs.ts')
  assert.is(status, 1)
  assert.match(stderr, 'w1: wrong: {{ numbr }}: numbr is undefined (did you mean number?)')
  assert.match(stderr, /open\/inventory\.yaml:1:\d+/)
  assert.match((await one('validate', 'wrongs.ts')).stdout, 'numbr is undefined')
  const explained = await one('inventory', '--host', 'w1', '--explain', 'wrong')
  assert.match(
    explained.stdout,
    'wrong on w1: cannot be evaluated: numbr is undefined (did you mean number?)',
  )
})

test('a program runs only for a run, and for a listing that needs its output', async () => {
  await works('no faults', 'validate', 'sizes.ts')
  await works('stamp', 'tokens.ts', '--list-tasks')
  await works('w1', 'stamps.ts', '--list-hosts')
  assert.not.ok(existsSync(folder.at('ran')))
  await works('echo stamped', 'stamps.ts', '--output', 'plain', '-v', ...withKey)
  assert.ok(existsSync(folder.at('ran')))
})

test('ansible_play_hosts is the hosts of the play', async () => {
  await works('echo crowd 2', 'crowds.ts', '--output', 'plain', '-v', ...withKey)
  await works('echo crowd 1', 'crowds.ts', '-l', 'w1', '--list-tasks')
})
