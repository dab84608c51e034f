/** Outputs of a run do not overwrite what the run reads. */
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../support/folder.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('outputs over inputs')
const { path, at, write } = folderOf(test)

write('hosts.yaml', 'all: { hosts: { h: { connection: local } } }\n')
write('folder/web', 'h ansible_connection=local\n')
write('folder/group_vars/all.yaml', 'x: 1\n')
write('group_vars/all.yaml', 'x: 1\n')
write('vars.yaml', 'x: 2\n')
write('password', 'x\n')
write('coxswain.config.ts', 'export default {}\n')
write(
  'site.ts',
  `import { playbook, z } from 'coxswain'
import { debug } from 'coxswain/tasks'
export default playbook({
  name: 'site', vars: z.unknown(),
  plays: ({ play }) => [play('one', { hosts: 'all', tasks: () => [debug({ show: 'x' })] })],
})
`,
)
symlinkSync('hosts.yaml', at('link.yaml'))

for (const [inventory, file] of [
  ['hosts.yaml', 'hosts.yaml'],
  ['link.yaml', 'hosts.yaml'],
  ['hosts.yaml', './group_vars/../site.ts'],
  ['hosts.yaml', 'group_vars/all.yaml'],
  ['folder', 'folder/web'],
  ['folder', 'folder/group_vars/all.yaml'],
  ['hosts.yaml', 'vars.yaml'],
  ['hosts.yaml', 'password'],
  ['hosts.yaml', 'coxswain.config.ts'],
] as const)
  test(`a run of ${inventory} does not write an output to ${file}`, async () => {
    const before = readFileSync(join(path, file), 'utf8')
    const words = ['site.ts', '-i', inventory, '-e', '@vars.yaml', '--vault-password-file', 'password']
    const { status, stdout, stderr } = await runCli([...words, '--output', `json=${file}`], { cwd: path })
    assert.is(readFileSync(join(path, file), 'utf8'), before)
    assert.is(status, 1, stderr)
    assert.is(stdout, '')
    assert.match(stderr, /error\[usage\]: the output .* would overwrite .*, which this run reads/)
  })

test('an output that a run wrote is replaced by the next', async () => {
  for (let run = 0; run < 2; run++) {
    const words = ['site.ts', '-i', 'hosts.yaml', '--output', 'json=log.jsonl']
    const { status, stderr } = await runCli(words, { cwd: path })
    assert.is(status, 0, stderr)
  }
  assert.match(readFileSync(at('log.jsonl'), 'utf8'), 'run-end')
})
