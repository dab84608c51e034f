/** Code of a project that a completion runs: what it gives, and that it does not stop the shell if it does not end. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { spawnCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { until } from '../../support/until.ts'

const test = suite('completion with code of a project')
const folder = folderOf(test)

/** What a line completes to in a folder. A completion that does not end is killed after a minute, and fails. */
const completing = async (
  { cwd, limit }: { readonly cwd: string; readonly limit: number },
  ...words: readonly string[]
): Promise<string[]> => {
  let ended = true
  const { stdout } = await spawnCli(['__complete', '--', ...words], {
    cwd: folder.at(cwd),
    env: { COXSWAIN_COMPLETION_SECONDS: String(limit) },
    watch: (child) => {
      const timer = setTimeout(() => {
        ended = false
        child.kill('SIGKILL')
      }, 60_000)
      child.on('close', () => clearTimeout(timer))
    },
  })
  assert.ok(ended, `it did not end: ${words.join(' ')}`)
  return stdout.split('\n').filter((word) => word !== '')
}

/** Code that ends gets the time that a slow machine needs; for endless code, any limit will do. */
const completed = (cwd: string, ...words: readonly string[]) => completing({ cwd, limit: 60 }, ...words)
const cutOff = (cwd: string, ...words: readonly string[]) => completing({ cwd, limit: 2 }, ...words)

const endless: Readonly<Record<string, string>> = {
  loop: 'while (true) {}',
  wait: 'setInterval(() => {}, 1000); await new Promise(() => {})',
}

for (const [name, code] of Object.entries(endless)) {
  test(`settings with an endless ${name}: what is known without them`, async () => {
    folder.write(`config-${name}/coxswain.config.ts`, `${code}\nexport default {}\n`)
    folder.write(`config-${name}/sync.ts`, '')
    const words = await cutOff(`config-${name}`, 's')
    for (const word of ['schema', 'sysctl', 'sync.ts']) assert.ok(words.includes(word), words.join(' '))
  })

  test(`an inventory with an endless ${name}`, async () => {
    folder.write(`inventory-${name}/hosts.ts`, `${code}\nexport default { hosts: ['web1'] }\n`)
    const words = await cutOff(`inventory-${name}`, 'exec', '-i', 'hosts.ts', 'w')
    assert.equal(words, [])
  })

  test(`a playbook with an endless ${name}, for its tags`, async () => {
    folder.write(`playbook-${name}/inventory.yaml`, 'all: { hosts: { web1: } }\n')
    folder.write(`playbook-${name}/site.ts`, `${code}\nexport default {}\n`)
    const words = await cutOff(`playbook-${name}`, 'site.ts', '-t', '')
    assert.equal(words, [])
  })
}

test('a program that prints an inventory is ended with the completion', { needs: ['ps'] }, async () => {
  const program = folder.write('program/hosts', `#!/bin/sh\necho $$ >'${folder.at('pid')}'\nexec sleep 60\n`)
  chmodSync(program, 0o755)
  const words = await cutOff('program', 'exec', '-i', './hosts', 'w')
  assert.equal(words, [])
  const pid = readFileSync(folder.at('pid'), 'utf8').trim()
  // a process that has ended, and that its parent has not waited for, is shown as Z
  await until(() =>
    /^(?:Z.*)?$/.test(spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim()),
  )
})

test('hosts of an inventory module, without settings in TypeScript', async () => {
  folder.write(
    'module/hosts.ts',
    `const names: string[] = ['web1', 'web2']\nexport default { hosts: names }\n`,
  )
  const words = await completed('module', 'exec', '-i', 'hosts.ts', 'w')
  assert.equal(words, ['web1', 'web2'])
})

test('variables: those that the playbook reads, or those of the inventory', async () => {
  folder.write('variables/inventory.yaml', 'all: { hosts: { web1: { word: 1 } }, vars: { world: 2 } }\n')
  folder.write('variables/group_vars/all.yaml', 'wood: 3\n')
  folder.write(
    'variables/playbooks/site.ts',
    `import { playbook, z } from 'coxswain'
export default playbook({ name: 'site', vars: z.object({ worker: z.string(), other: z.string() }), plays: () => [] })
`,
  )
  assert.equal(await completed('variables', 'site', '-e', 'wo'), ['worker='])
  assert.equal(await completed('variables', 'playbooks/site.ts', '-e', 'w'), ['worker='])
  const inInventory = await completed('variables', 'exec', '-e', 'wo')
  assert.equal(inInventory.toSorted(), ['wood=', 'word=', 'world='])
  assert.equal(await completed('variables', 'validate', 'si'), ['site'])
})
