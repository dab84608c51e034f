/** The names of the program, `run help`, and commands that name others. */
import { readFileSync, symlinkSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { run } from '../../engine/cli/commands/run.ts'
import { completionScript, shells } from '../../engine/cli/completion/scripts.ts'
import { asStarted, programNameOf, programNames } from '../../engine/cli/program-name.ts'
import { libraryOf } from '../../engine/cli/session/library.ts'
import * as tasks from '../../tasks/index.ts'
import { compiledProgram } from '../support/compiled.ts'
import { folderOf } from '../support/folder.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('names of the program and help')
const folder = folderOf(test)

test('package.json installs the program under each of its names', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')
  assert.equal(Object.keys(JSON.parse(text).bin).toSorted(), [...programNames].toSorted())
})

test('the name is that of the link that started the program', () => {
  assert.equal(
    ['/x/.bin/coxswain', '/x/bin/coxswain.js', '/x/bin/run.js', '/x/.bin/run', undefined].map(programNameOf),
    ['coxswain', 'coxswain', 'run', 'run', 'run'],
  )
  assert.is(asStarted('see `run --help`, or run it', 'coxswain'), 'see `coxswain --help`, or run it')
  assert.is(asStarted('`run` and `runner`', 'coxswain'), '`coxswain` and `runner`')
  assert.is(asStarted('see `run --help`', 'run'), 'see `run --help`')
})

test('help and hints show the name that started the program', () => {
  const link = folder.at('coxswain')
  symlinkSync(compiledProgram(), link)
  const start = (...words: string[]): string =>
    execFileSync('sh', ['-c', '"$0" "$@" 2>&1 || true', process.execPath, link, ...words], {
      encoding: 'utf8',
    })
  const help = start('--help')
  assert.match(help, /^Usage: coxswain \[options\]/)
  assert.match(help, '\n  coxswain playbooks/ha-masters.ts -i inventory.yaml  ')
  assert.not.match(help, '\n  run ')
  assert.match(start('history', 'show', '--help'), /^Usage: coxswain history show/)
  assert.match(start('sysctl', '--help'), /^coxswain sysctl key=value/)
  assert.match(start('completion', '--help'), 'source <(coxswain completion bash)')
  assert.match(start('docs', 'systcl'), '`coxswain docs` lists all tasks')
})

test('a completion script works for both names', () => {
  for (const shell of shells)
    for (const name of programNames)
      assert.match(completionScript(shell) ?? '', new RegExp(`^(complete|compdef).* ${name}( |$)`, 'm'))
})

test('no command has the name of a task', () => {
  const commands = new Set((run.commands ?? []).map(({ name }) => name))
  assert.equal(
    [...libraryOf(tasks).keys()].filter((name) => commands.has(name)),
    [],
  )
})

test('run help WORDS is run WORDS --help', async () => {
  for (const words of [[], ['exec'], ['history', 'show'], ['sysctl'], ['help']]) {
    const asked = await runCli(['help', ...words])
    assert.is(asked.status, 0, asked.stderr)
    assert.is(asked.stdout, (await runCli([...words, '--help'])).stdout)
  }
  const wrong = await runCli(['help', 'hsitory'])
  assert.is(wrong.status, 1)
  assert.match(wrong.stderr, 'did you mean history?')
})

test('the error of a misspelt command names the right one', async () => {
  const { status, stderr } = await runCli(['inventroy', '-i', 'x'])
  assert.is(status, 1)
  assert.match(stderr, 'did you mean inventory?')
})

test('run list names the commands that list tasks, hosts, tags and commands', async () => {
  const all = await runCli(['list'])
  assert.is(all.status, 1)
  for (const command of ['`run docs`', '--list-hosts', '--list-tags', '`run help`', '`run history`'])
    assert.match(all.stderr, command)
  for (const word of ['tag', 'tags']) {
    const one = await runCli(['list', word])
    assert.match(one.stderr, 'tags: `run PLAYBOOK -i INVENTORY --list-tags`')
    assert.not.match(one.stderr, 'hosts:')
  }
})

test('the hint of a command line that cannot be parsed names the help of its command', async () => {
  for (const [words, help] of [
    ['exec', 'run exec --help'],
    ['doctor web', 'run doctor --help'],
    ['history show', 'run history show --help'],
    ['secret view', 'run secret view --help'],
    ['exec --bogus', 'run exec --help'],
    ['--bogus', 'run --help'],
  ] as const) {
    const { stderr, status } = await runCli(words.split(' '))
    assert.is(status, 1, words)
    assert.match(stderr, `hint: see \`${help}\``)
  }
})
