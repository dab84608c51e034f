/** Files that are found, not named, are used only where no other user could have written or replaced them. */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../support/folder.ts'
import { runCli, spawnCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('files that are found')
const { at, write } = folderOf(test)

const other = 12_345
const program = '#!/bin/sh\ntouch "$0.ran"\necho "{}"\n'
const list = (folder: string, ...words: string[]) => runCli(['inventory', ...words], { cwd: at(folder) })
const giveAway = (name: string): void => chownSync(at(name), other, other)
const fifo = (name: string): void => {
  mkdirSync(join(at(name), '..'), { recursive: true })
  execFileSync('mkfifo', [at(name)])
}

test('settings in a folder of another user are refused, by each name', { needs: ['root'] }, async () => {
  write('evil/mine/x', '')
  write('evil/coxswain.config.ts', 'export default {}\n')
  giveAway('evil')
  const refused = /config-unsafe[\s\S]*evil: it belongs to another user \(uid 12345\)/
  assert.match((await list('evil/mine')).stderr, refused)
  renameSync(at('evil/coxswain.config.ts'), at('evil/x'))
  assert.is((await list('evil/mine', '-i', 'h1,')).status, 0)
  write('evil/package.json', '{"coxswain":{"inventories":["h2,"]}}')
  assert.match((await list('evil/mine')).stderr, refused)
  write('evil/package.json', '{"name":"other"}')
  assert.is((await list('evil/mine', '-i', 'h1,')).status, 0)
})

test('a folder that every user can write is refused, one with the sticky bit is not', async () => {
  write('shared/own/package.json', '{"coxswain":{"inventories":["h3,"]}}')
  chmodSync(at('shared'), 0o777)
  const { status, stderr } = await list('shared/own')
  assert.is(status, 1)
  assert.match(stderr, /package\.json is not read because of .*shared: every user can write it/)
  chmodSync(at('shared'), 0o1777)
  assert.match((await list('shared/own')).stdout, 'h3')
})

test('every folder on the way of a link is judged', { needs: ['root'] }, async () => {
  write('mine/real.ts', 'export default { inventories: ["h4,"] }\n')
  mkdirSync(at('theirs'))
  mkdirSync(at('linked'))
  symlinkSync(at('mine/real.ts'), at('theirs/hop'))
  symlinkSync('../theirs/hop', at('linked/coxswain.config.ts'))
  assert.match((await list('linked')).stdout, 'h4')
  giveAway('theirs')
  assert.match((await list('linked')).stderr, /config-unsafe[\s\S]*theirs: it belongs to another user/)
})

test('a FIFO is never waited for', async () => {
  fifo('pipes/package.json')
  const packaged = await spawnCli(['inventory', '-i', 'h5,'], { cwd: at('pipes') })
  assert.is(packaged.status, 0, packaged.stderr)
  for (const name of [
    'inventory.yaml',
    'coxswain.config.ts',
    'inventory/hosts',
    'inventory/group_vars/all',
  ]) {
    const folder = `pipe-${name.replaceAll('/', '-')}`
    write(`${folder}/inventory/web`, 'w1\n')
    fifo(`${folder}/${name}`)
    const { status, stderr } = await spawnCli(['inventory'], { cwd: at(folder) })
    assert.is(status, 1)
    assert.match(stderr, `${name} is not read: it is not a regular file`)
  }
})

for (const name of ['inventory/hosts', 'inventory/group_vars/all.yaml', 'inventory/host_vars/h/deep.yaml'])
  test(`${name} of another user is refused in a folder that is found`, { needs: ['root'] }, async () => {
    const folder = name.replaceAll(/\W/g, '-')
    write(`${folder}/inventory/h`, 'h\n')
    write(`${folder}/inventory/README.md`, '')
    giveAway(`${folder}/inventory/README.md`)
    assert.is((await list(folder)).status, 0)
    chmodSync(write(`${folder}/${name}`, name.endsWith('hosts') ? program : 'x: 1\n'), 0o755)
    giveAway(`${folder}/${name}`)
    assert.match((await list(folder)).stderr, `${name} is not read: it belongs to another user`)
    assert.is((await list(folder, '-i', 'h6,')).status, 0)
  })

test('group_vars of another user beside a file that is found are refused', { needs: ['root'] }, async () => {
  write('beside/inventory.yaml', 'all: { hosts: { h: } }\n')
  write('beside/group_vars/all.yaml', 'x: 1\n')
  giveAway('beside/group_vars/all.yaml')
  assert.match((await list('beside')).stderr, 'group_vars/all.yaml is not read: it belongs to another user')
})

test('a playbook that is found in a folder of another user is not loaded', { needs: ['root'] }, async () => {
  write('play/playbooks/site.ts', 'throw new Error("it was run")\n')
  giveAway('play/playbooks')
  for (const words of [['site'], ['validate', 'site']]) {
    const { stderr } = await runCli([...words, '-i', 'h7,'], { cwd: at('play') })
    assert.match(stderr, /config-unsafe[\s\S]*playbooks: it belongs to another user/)
    assert.not.match(stderr, 'it was run')
  }
})

test('settings that cannot be read are an error, not absent', async () => {
  write('comma/package.json', '{\n  "coxswain": { "forks": 3, }\n}\n')
  assert.match(
    (await list('comma', '-i', 'h8,')).stderr,
    /config-invalid[\s\S]*package\.json is not valid JSON/,
  )
  write('comma/package.json', '{\n  "name": "x",\n}\n')
  assert.is((await list('comma', '-i', 'h8,')).status, 0)
  write('mark/package.json', '\uFEFF{ "coxswain": { "inventories": ["h9,"] } }')
  assert.match((await list('mark')).stdout, 'h9')
  write('dangling/x', '')
  symlinkSync('nowhere.ts', at('dangling/coxswain.config.ts'))
  assert.match((await list('dangling', '-i', 'h8,')).stderr, /coxswain\.config\.ts is a dangling link/)
})
