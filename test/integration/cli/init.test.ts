/** `run init`: what it refuses and what it prints. The test of the packed package proves that its project works. */
import { existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('run init')
const folder = folderOf(test)

test('--check lists the files and writes none', async () => {
  const { status, stdout } = await runCli(['init', folder.at('listed'), '--check'])
  assert.is(status, 0)
  assert.match(stdout, /playbooks\/site\.ts +a playbook/)
  assert.not.ok(existsSync(folder.at('listed')))
})

test('a file that exists is not overwritten, and no other file is written', async () => {
  folder.write('mine/playbooks/site.ts', 'mine\n')
  const { status, stderr } = await runCli(['init', folder.at('mine')])
  assert.is(status, 1)
  assert.match(stderr, 'already has playbooks/site.ts')
  assert.is(readFileSync(folder.at('mine/playbooks/site.ts'), 'utf8'), 'mine\n')
  assert.not.ok(existsSync(folder.at('mine/inventory.yaml')))
})

test('the current folder is the default, and its playbook runs immediately', async () => {
  folder.write('My Site/.keep', '')
  const cwd = folder.at('My Site')
  const made = await runCli(['init'], { cwd })
  assert.is(made.status, 0)
  assert.match(made.stdout, 'Now: npm install && npx run site --check --diff')
  assert.is(JSON.parse(readFileSync(folder.at('My Site/package.json'), 'utf8')).name, 'my-site')
  const words = ['site', '--check', '-e', `folder=${folder.at('hello')}`]
  const { status, stdout, stderr } = await runCli([...words, '--output', 'plain'], { cwd })
  assert.equal([status, stderr], [0, ''], stdout)
  assert.match(stdout, /would change +directory/)
  assert.not.ok(existsSync(folder.at('hello')))
})
