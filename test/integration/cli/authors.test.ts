/** Mistakes in playbooks are reported at their place, and a broken output pipe does not interrupt a run. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runCli, spawnCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('mistakes of authors')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-authors-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const inventory = write('inventory.yaml', 'all: { hosts: { here: { connection: local } } }\n')

/** A playbook with one play; its tasks are on line 8. */
const book = (name: string, tasks: string, more = ''): string =>
  write(
    name,
    `import { defineTask, playbook, z } from 'coxswain'
import { command, file } from 'coxswain/tasks'
${more}
export default playbook({
  name: 'slips',
  vars: z.object({ greeting: z.string().default('hi').describe('what is said') }),
  plays: ({ play }) => [play('p', { hosts: 'all',
    tasks: ({ vars }: any) => [${tasks}],
  })],
})
`,
  )

const run = (...words: string[]): Promise<CliResult> =>
  runCli([...words, '-i', inventory, '--output', 'plain'])

const fails = ({ status, stderr }: CliResult, ...texts: (string | RegExp)[]): void => {
  assert.is(status, 1, stderr)
  for (const text of texts) assert.match(stderr, text)
  assert.not.match(stderr, 'defect of Coxswain')
}

test('a syntax error is reported with its message and place', async () => {
  const broken = write(
    'broken.ts',
    "import { playbook } from 'coxswain'\n\nexport default playbook({ name: }\n",
  )
  fails(await run(broken), '[load-failed]', /broken\.ts:3:\d+/, /expression/i)
  const types = write('types.ts', 'export enum Colour { Red }\n')
  fails(await run(types), /types\.ts:1:\d+/, /enum/i)
})

test('an import of a file that does not exist: both files, and the nearest name', async () => {
  write('thrower.ts', 'export const thrower = 1\n')
  const misspelt = write('misspelt.ts', "import { thrower } from './throwr.ts'\nexport default thrower\n")
  const result = await run(misspelt)
  fails(
    result,
    /throwr\.ts does not exist; it is imported by /,
    /misspelt\.ts:1:\d+/,
    'did you mean thrower.ts?',
  )
  assert.not.match(result.stderr, /Cannot find module/)
})

test('an error without a place in the playbook does not show one', async () => {
  const missing = write('missing.ts', "import { nothing } from 'coxswain/tasks'\nexport default nothing\n")
  const loaded = await run(missing)
  fails(loaded, '[load-failed]', /missing\.ts\n/)
  assert.not.match(loaded.stderr, 'bin/run.js')
  const { status, stdout } = await run('command', 'run=false', '--hosts', 'all')
  assert.is(status, 2, stdout)
  assert.match(stdout, '[command-failed]')
  assert.not.match(stdout, 'bin/run.js')
})

test('a mistake in a list of tasks is reported with its line', async () => {
  fails(await run(book('a.ts', 'vars.greting.length')), '[playbook-invalid]', /a\.ts:8:\d+/, 'play "p"')
  fails(
    await run(book('b.ts', "file({ pth: '/x' })")),
    '[params-invalid]',
    /b\.ts:8:\d+/,
    'did you mean path?',
  )
  fails(
    await run(book('c.ts', "file({ path: '/x' }, { when: true as never })")),
    '[playbook-invalid]',
    /c\.ts:8:\d+/,
    'when is true',
  )
})

test('a mistake in the options of a play is reported with its line', async () => {
  const file = write(
    'play.ts',
    `import { playbook, z } from 'coxswain'
export default playbook({
  name: 'slips',
  vars: z.unknown(),
  plays: ({ play }) => [
    play('p', { hosts: 'all', maxFailPercent: 3, tasks: () => [] } as never),
  ],
})
`,
  )
  fails(await run(file), '[playbook-invalid]', /play\.ts:6:\d+/, 'did you mean maxFailPercentage?')
})

test('a playbook lists its variables', async () => {
  const { stdout, status } = await run(book('help.ts', ''), '--help')
  assert.is(status, 0)
  assert.match(stdout, /greeting=string {2}what is said \(default "hi"\)/)
})

test('hosts of a playbook cannot be given on the command line', async () => {
  fails(await run(book('hosts.ts', ''), '--hosts', 'here'), '[usage]', 'give --limit here')
  const stray = await run(book('stray.ts', ''), 'ZebraPw-6')
  fails(stray, '[usage]', 'a playbook takes no parameters')
  assert.not.match(stray.stdout + stray.stderr, 'Zebra')
})

test('a variable that the playbook does not read is reported', async () => {
  const result = await run(book('vars.ts', ''), '-e', 'greting=hi')
  fails(result, '[variables-invalid]', 'slips does not read a variable greting', 'did you mean greeting?')
  const settings = await run(book('settings.ts', ''), '-e', 'connect_timeout=5')
  assert.is(settings.status, 0, settings.stderr)
})

test('an invalid option value is reported with its reason', async () => {
  const { stderr, status } = await run('file', '--forks', '0')
  assert.is(status, 1)
  assert.match(stderr, /^error\[usage\]: --forks: /)
})

test('a reader that stops reading does not stop the run', async () => {
  const steps = [1, 2, 3, 4].map((n) => `command({ run: 'sleep 0.1; touch ${join(folder, `step${n}`)}' })`)
  const { status } = await spawnCli(
    [book('head.ts', steps.join(', ')), '-i', inventory, '--output', 'plain'],
    {
      watch: (child) => {
        child.stdout?.once('data', () => child.stdout?.destroy())
      },
    },
  )
  assert.is(status, 0)
  assert.is(readdirSync(folder).filter((name) => name.startsWith('step')).length, 4)
})

test('a rejected promise beside a task does not end the run, and is reported', async () => {
  const stray = `const stray = defineTask({
  name: 'stray', description: '', params: z.object({}),
  async apply({ remote }) { void Promise.reject(new Error('astray')); await remote.run\`true\` },
})`
  const after = join(folder, 'after')
  const result = await run(book('stray.ts', `stray(), file({ path: '${after}', content: 'x' })`, stray))
  assert.is(result.status, 2, result.stdout + result.stderr)
  assert.match(result.stderr, 'astray')
  assert.match(result.stdout, 'recap')
  assert.ok(existsSync(after))
})
