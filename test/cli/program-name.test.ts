/** Started as `coxswain`, the program names itself so in help, docs, warnings, errors and reports. */
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { run } from '../../engine/cli/commands/run.ts'
import type { Command } from '../../engine/cli/define-command.ts'
import { compiledProgram } from '../support/compiled.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('the program started as coxswain')
const folder = folderOf(test)

/** The output of the program with these words, on both streams. */
const start = (...words: readonly string[]): Promise<string> => {
  const link = folder.at('coxswain')
  const state = folder.at('state')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [link, ...words],
      { cwd: folder.at('.'), env: { ...process.env, XDG_STATE_HOME: state } },
      (_, stdout, stderr) => resolve(stdout + stderr),
    ).stdin?.end()
  })
}

const pathsOf = (command: Command, before: readonly string[] = []): (readonly string[])[] => [
  before,
  ...(command.commands ?? []).flatMap((below) => pathsOf(below, [...before, below.name])),
]

const paths = pathsOf(run)
const names = [...new Set(paths.flat())].join('|')

/** Commands that begin with `run`: in backticks, or followed by the name of a command. */
const ownCommand = new RegExp(`\`run[ \`]|(?<!np[mx] )\\brun (?:${names}|--|[A-Z]{2}|\\S+ -i )`)

const refuseRun = (output: string, about: string): void => {
  const found = ownCommand.exec(output)
  const line = found && output.split('\n').find((one) => one.includes(found[0]))
  assert.is(line, null, about)
}

test.before(() => {
  symlinkSync(compiledProgram(), folder.at('coxswain'))
})

test('commands that begin with run are found', () => {
  for (const text of ['see `run docs`', 'run history show last', '  run site.ts -i hosts', 'x `run`'])
    assert.ok(ownCommand.test(text), text)
  for (const text of ['run commands as another user', 'npm run docs', 'npx run doctor', 'a run of a plan'])
    assert.not.ok(ownCommand.test(text), text)
})

test('help', async () => {
  await Promise.all(
    [...paths, ['sysctl']].map(async (path) => {
      const words = [...path, '--help']
      refuseRun(await start(...words), words.join(' '))
    }),
  )
  assert.match(await start('help', 'history', 'show'), '`coxswain history`')
})

test('docs', async () => {
  const list = await start('docs')
  refuseRun(list, 'docs')
  assert.match(list, '`coxswain docs NAME` describes a task')
  const page = await start('docs', 'sysctl')
  refuseRun(page, 'docs sysctl')
  assert.match(page, /On the command line:\n {2}coxswain sysctl key=/)
  refuseRun(await start('docs', 'apt', 'key'), 'docs apt key')
})

test('errors', async () => {
  writeFileSync(folder.at('bad.yaml'), 'all:\n  vars:\n    a: !age [x]\n  hosts:\n    h1:\n')
  const lines = [
    ['list'],
    ['secret'],
    ['secret', 'encrpyt'],
    ['history', 'show', '99'],
    ['docs', 'systcl'],
    ['sysctl', 'kye=1', '-i', 'h1,'],
    ['inventory', '-i', 'h1,', '--host', 'h2'],
    ['inventory', '-i', 'bad.yaml'],
    ['--check', 'docs'],
  ]
  for (const words of lines) {
    const output = await start(...words)
    assert.match(output, 'error[', words.join(' '))
    refuseRun(output, words.join(' '))
  }
  assert.match(await start('inventory', '-i', 'bad.yaml'), '`coxswain secret encrypt`')
  assert.match(await start('secret'), '`coxswain secret`')
})

test('warnings and failed tasks of a run', async () => {
  const journals = folder.at('state/coxswain')
  mkdirSync(journals, { recursive: true, mode: 0o700 })
  writeFileSync(join(journals, '000007.jsonl'), '{"type":"journal","format":1}\n')
  writeFileSync(
    folder.at('site.ts'),
    `import { defineTask, ok, playbook, z } from 'coxswain'
const inner = defineTask({
  name: 'inner', description: 'Is given a wrong size.', params: z.object({ size: z.any().pipe(z.number()) }), check: async () => ok(),
})
const outer = defineTask({
  name: 'outer', description: 'Fails.', params: z.object({}),
  check: async () => {
    inner({ size: 'x' })
    return ok()
  },
})
export default playbook({
  name: 'site',
  vars: z.unknown(),
  plays: ({ play }) => [play('p', { hosts: 'all', tasks: () => [outer({})] })],
})
`,
  )
  writeFileSync(folder.at('hosts.yaml'), 'all:\n  hosts:\n    h1:\n      connection: local\n')
  const output = await start('site.ts', '-i', 'hosts.yaml')
  refuseRun(output, 'site.ts')
  assert.match(output, '`coxswain history prune` removes them', output)
  assert.match(output, '`coxswain inner --help`', output)
})
