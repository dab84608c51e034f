/** Exceptions in timers of authors, and promises without await: reported as errors of the author, and the run continues. */
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli, spawnCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('stray errors of authors')
const folder = folderOf(test)
const inventory = (): string =>
  folder.write('inventory.yaml', 'all: { hosts: { here: { connection: local } } }\n')

/** A playbook whose tasks cause a stray error, on its line 5. */
const book = (name: string, stray: string): string =>
  folder.write(
    name,
    `import { defineTask, drift, ok, playbook, z } from 'coxswain'
import { command } from 'coxswain/tasks'
const nothing: any = undefined
const later = () => new Promise((done) => setTimeout(done, 0))
const astray = (remote: any): void => { ${stray} }
const strays = defineTask({ name: 'strays', description: '', params: z.object({ at: z.enum(['check', 'apply']) }),
  async check({ remote }, { at }) { if (at === 'check') { astray(remote); await later(); await later() } return drift('it') },
  async apply({ remote }, { at }) { if (at === 'apply') { astray(remote); await later(); await later() } },
})
export default playbook({ name: 'p', vars: z.object({}), plays: ({ play }) => [play('p', { hosts: 'all', tasks: () => [
  strays({ at: 'check' }, { ignoreErrors: true }),
  strays({ at: 'apply' }, { ignoreErrors: true }),
  command({ run: 'echo the end' }),
] })] })
`,
  )

const run = (path: string): Promise<CliResult> =>
  spawnCli([path, '-i', inventory(), '--output', 'plain', '-v'], {
    env: { XDG_STATE_HOME: folder.path, COXSWAIN_LOCK_PATH: folder.path },
  })

const strays: Readonly<Record<string, string>> = {
  'timer.ts': 'setTimeout(() => nothing.length, 0)',
  'immediate.ts': "setImmediate(() => { throw new Error('of an author') })",
  'rejection.ts': "void (async () => { await later(); throw new Error('of an author') })()",
  'command.ts': 'setTimeout(async () => { await remote.read(nothing) }, 0)',
}
for (const [name, stray] of Object.entries(strays)) {
  test(`${name}: reported with its place, and the run continues to its end`, async () => {
    const { status, stdout, stderr } = await run(book(name, stray))
    assert.is(status, 2, stdout + stderr)
    assert.match(stderr, '[author-error]')
    assert.match(stderr, new RegExp(`${name}:5:\\d+`))
    assert.match(stderr, /\n +\| +\^/)
    assert.not.match(stdout + stderr, 'bug in Coxswain')
    assert.match(stdout, 'the end')
    assert.match(stdout, 'recap')
    const shown = await runCli(['history', '--output', 'json'], { env: { XDG_STATE_HOME: folder.path } })
    const last: unknown = JSON.parse(shown.stdout.trim().split('\n').at(-1) ?? '')
    assert.match(JSON.stringify(last), '"type":"journal-end"')
    assert.match(JSON.stringify(last), name)
  })
}

test('the process does not wait for a timer that outlives the run', async () => {
  const { status, stdout, stderr } = await run(book('late.ts', 'setTimeout(() => {}, 100_000_000)'))
  assert.is(status, 0, stderr)
  assert.match(stdout, 'recap')
})

test('a value thrown without a stack is an error of the author, too', async () => {
  const { status, stdout, stderr } = await run(book('text.ts', "setTimeout(() => { throw 'a text' }, 0)"))
  assert.is(status, 2, stdout + stderr)
  assert.match(stderr, "threw 'a text'")
  assert.match(stderr, 'throw an Error')
  assert.not.match(stderr, 'bug in Coxswain')
  assert.match(stdout, 'the end')
})
