/** `run init`: what it refuses, and what it only tells. That its folder works is proven with the packed package. */
import { existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('run init')
const folder = folderOf(test)

test('--check tells the files and writes none', async () => {
  const { status, stdout } = await runCli(['init', folder.at('listed'), '--check'])
  assert.is(status, 0)
  assert.match(stdout, /site\.ts +a playbook/)
  assert.not.ok(existsSync(folder.at('listed')))
})

test('nothing is overwritten, and nothing is written beside it', async () => {
  folder.write('mine/site.ts', 'mine\n')
  const { status, stderr } = await runCli(['init', folder.at('mine')])
  assert.is(status, 1)
  assert.match(stderr, 'has site.ts already')
  assert.is(readFileSync(folder.at('mine/site.ts'), 'utf8'), 'mine\n')
  assert.not.ok(existsSync(folder.at('mine/inventory.yaml')))
})

test('the current folder unless told, and it runs at once', async () => {
  folder.write('My Site/.keep', '')
  const cwd = folder.at('My Site')
  assert.is((await runCli(['init'], { cwd })).status, 0)
  assert.is(JSON.parse(readFileSync(folder.at('My Site/package.json'), 'utf8')).name, 'my-site')
  const words = ['site.ts', '-i', 'inventory.yaml', '--check', '-e', `folder=${folder.at('hello')}`]
  const { status, stdout } = await runCli([...words, '--output', 'plain'], { cwd })
  assert.is(status, 0, stdout)
  assert.match(stdout, /would change +directory/)
  assert.not.ok(existsSync(folder.at('hello')))
})
