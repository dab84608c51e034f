import * as assert from 'uvu/assert'
import { complete } from '../../engine/cli/completion/complete.ts'
import type { CompletionSource } from '../../engine/cli/completion/complete.ts'
import { run as program } from '../../engine/cli/commands/run.ts'
import { suite } from '../support/spec.ts'

const test = suite('completion')

const source: CompletionSource = {
  tasks: async () => ['sysctl', 'swap-off'],
  params: async (task) => (task === 'sysctl' ? ['key', 'value', 'file'] : []),
  names: async () => ['site', 'greeting'],
  hosts: async (inventories) =>
    inventories.includes('inv.yaml') ? ['all', 'web', 'web1', 'web2'] : ['usual1'],
  tags: async (playbook, inventories) => [`${playbook}-${inventories.join('+')}`, 'slow'],
  variables: async (playbook, inventories) => [`${playbook ?? 'any'}_${inventories.join('_')}`, 'words'],
  files: async () => ['playbooks/', 'site.ts', 'inv.yaml', 'README.md'],
}

/** Candidates for a line; the last word is being typed. */
const at = async (line: string): Promise<string[]> => {
  const groups = complete(program, line.split(' ').slice(1), source)
  const found: string[] = []
  for await (const group of groups) found.push(...group)
  return found
}

test('commands, tasks and playbooks come first', async () => {
  const all = await at('run ')
  for (const word of ['exec', 'doctor', 'init', 'sysctl', 'site.ts', 'playbooks/'])
    assert.ok(all.includes(word), word)
  for (const word of ['__complete', 'README.md', 'inv.yaml']) assert.not.ok(all.includes(word), word)
  assert.equal(await at('run s'), ['schema', 'secret', 'sysctl', 'swap-off', 'site.ts', 'site'])
})

test('options of a command', async () => {
  assert.equal(await at('run site.ts --che'), ['--check'])
  assert.equal(await at('run doctor --che'), [])
  assert.equal(await at('run exec --timeo'), ['--timeout'])
})

test('parameters of a task', async () => assert.equal(await at('run sysctl -b k'), ['key=']))

test('hosts and groups of the given inventory, or of the default one', async () => {
  assert.equal(await at('run sysctl -i inv.yaml --hosts web'), ['web', 'web1', 'web2'])
  assert.equal(await at('run sysctl --inventory=inv.yaml --hosts=web1'), ['--hosts=web1'])
  assert.equal(await at('run exec -i inv.yaml web:!web'), ['web:!web', 'web:!web1', 'web:!web2'])
  assert.equal(await at('run site.ts -l '), ['usual1'])
})

test('tags of the playbook', async () => {
  assert.equal(await at('run site.ts -i inv.yaml -t s'), ['site.ts-inv.yaml', 'slow'])
  assert.equal(await at('run site.ts --skip-tags a,sl'), ['a,slow'])
  assert.equal(await at('run -t '), [])
})

test('values of options: words, or files', async () => {
  assert.equal(await at('run site.ts --output j'), ['json', 'junit'])
  assert.equal(await at('run site.ts --become-method '), ['sudo', 'su', 'doas'])
  assert.equal(await at('run site.ts -i inv'), ['inv.yaml'])
  assert.equal(await at('run completion '), ['bash', 'zsh', 'fish'])
  assert.equal(await at('run docs sys'), ['sysctl'])
  assert.equal(await at('run help hi'), ['history'])
  assert.equal(await at('run help sy'), ['sysctl'])
  assert.equal(await at('run help history s'), ['show'])
  assert.equal(await at('run secret e'), ['encrypt', 'edit'])
  assert.equal(await at('run secret encrypt inv'), ['inv.yaml'])
  assert.equal(await at('run secret view --ident'), ['--identity'])
  assert.equal(await at('run help sysctl '), [])
  assert.equal(await at('run history s'), ['show', 'sysctl', 'swap-off', 'site.ts', 'site'])
  assert.equal(await at('run site.ts --output h'), ['html='])
  assert.equal(await at('run site.ts --output junit=inv'), ['junit=inv.yaml'])
})

test('variables: of the playbook, of the inventory, or a file', async () => {
  assert.equal(await at('run site.ts -i inv -e wo'), ['words='])
  assert.equal(await at('run site.ts -i inv -e site'), ['site.ts_inv='])
  assert.equal(await at('run validate site -e site'), ['site_='])
  assert.equal(await at('run exec -i inv -e a'), ['any_inv='])
  assert.equal(await at('run site.ts -e @inv'), ['@inv.yaml'])
  assert.equal(await at('run site.ts --extra-vars=w'), ['--extra-vars=words='])
})

test('validate takes files and names of the project', async () =>
  assert.equal(await at('run validate g'), ['greeting']))

test('groups that cannot be read are left out', async () => {
  const broken: CompletionSource = { ...source, tasks: () => Promise.reject(new Error('broken')) }
  const found: string[] = []
  for await (const group of complete(program, ['s'], broken)) found.push(...group)
  assert.equal(found, ['schema', 'secret', 'site.ts', 'site'])
})

test('words after -- are not completed', async () => assert.equal(await at('run exec web -- '), []))
