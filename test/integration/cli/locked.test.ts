/** An encrypted file of variables stays shut where nothing in it is needed. */
import { Vault } from 'ansible-vault'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('an encrypted file that nobody needs', { seconds: 180 })
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

test('what only lists asks for no key', async () => {
  await works('size 3', 'site.ts', '--list-tasks')
  await works('one', 'site.ts', '--list-tags')
  await works('here', 'site.ts', '--list-hosts')
  await works('here', 'inventory', '--list')
})

test('nor does a command, which says what it did not open', async () => {
  const { stderr } = await works('hello', 'exec', 'all', '--output', 'plain', '--', 'echo', 'hello')
  assert.match(stderr, 'vault.yml')
})

test('what reads such a variable fails, and names the file', async () => {
  for (const [first, ...words] of [['site.ts'], ['needs.ts', '--list-tasks']] as const) {
    const { status, stderr } = await run(first, ...words)
    assert.is(status, 1, stderr)
    assert.match(stderr, '[secret-locked]')
    assert.match(stderr, 'vault.yml')
  }
})
