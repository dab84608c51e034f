/** docs/write-a-task.md builds a task: here it is built from the page. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../support/folder.ts'
import { codeBlocks } from '../support/page.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const root = resolve(import.meta.dirname, '../..')
const test = suite('docs/write-a-task.md')
const folder = folderOf(test)
const cli = (...words: string[]) => runCli(words, { cwd: folder.path })

test.before(async () => {
  const made = await cli('init', 'site')
  assert.is(made.status, 0, made.stderr)
  const [task = '', site = '', itsTest = '', ...others] = codeBlocks('write-a-task.md', 'ts')
  assert.equal(others, [])
  folder.write('site/tasks/git-setting.ts', task)
  folder.write('site/playbooks/site.ts', site)
  folder.write('site/tasks/git-setting.test.ts', itsTest)
  mkdirSync(folder.at('site/node_modules/@types'), { recursive: true })
  symlinkSync(root, folder.at('site/node_modules/coxswain'))
  // what `npm install --save-dev @types/node` installs
  symlinkSync(join(root, 'node_modules/@types/node'), folder.at('site/node_modules/@types/node'))
})

test('its types are correct', () => {
  const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder.at('site')], { encoding: 'utf8' })
  assert.is(tsc.stdout, '')
})

test('it has help, and works on the command line', async () => {
  const help = await cli('site/tasks/git-setting.ts', '--help')
  assert.match(help.stdout, /key=string +dotted name, such as core\.editor \(required\)/)
  const lines = codeBlocks('write-a-task.md', 'sh').join('').split('\n')
  const line = lines.find((text) => text.includes('--check')) ?? ''
  const words = line.replace('/tmp/gitconfig', folder.at('alone')).split(' ').slice(2)
  const { status, stdout, stderr } = await runCli([...words, '--output', 'plain'], { cwd: folder.at('site') })
  assert.is(status, 0, stderr)
  assert.match(stdout, /would change +git core\.editor = vim/)
})

test('in a playbook it changes a host once', async () => {
  const words = [
    'site/playbooks/site.ts',
    '-i',
    'site/inventory.yaml',
    '-e',
    `file=${folder.at('gitconfig')}`,
  ]
  const first = await cli(...words, '--output', 'plain')
  assert.is(first.status, 0, first.stderr)
  assert.match(first.stdout, /changed +git core\.editor = vim/)
  assert.match(readFileSync(folder.at('gitconfig'), 'utf8'), /editor = vim[^]*rebase = true/)
  assert.not.match((await cli(...words, '--output', 'plain')).stdout, /here +changed/)
})

test('its test passes', () => {
  const tsx = join(root, 'node_modules/tsx/dist/loader.mjs')
  const said = execFileSync(
    process.execPath,
    ['--import', tsx, '--test', folder.at('site/tasks/git-setting.test.ts')],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  )
  assert.match(said, /pass 2/)
})
