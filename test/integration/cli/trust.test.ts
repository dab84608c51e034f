/** Runs that fail, are killed or run concurrently, on a real sshd: nothing is lost, nothing is done twice. */
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runCli, spawnCli } from '../../support/run-cli.ts'
import type { CliOptions, CliResult, SpawnOptions } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { freePort, startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'
import { stepsIn, whenSaid } from './steps.ts'
import type { Steps } from './steps.ts'

const test = suite('trust', { needs: ['root', 'sshd', 'ssh'] })

let sshd: Sshd
let folder: string
let steps: Steps

test.before(async () => {
  sshd = await startSshd()
})
test.after(() => sshd.stop())
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coxswain-trust-'))
  chmodSync(folder, 0o755)
  steps = stepsIn(folder, () => sshd)
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs with a state folder of the test. */
const cli = (words: readonly string[], more: CliOptions = {}): Promise<CliResult> =>
  runCli(words, { ...more, env: { XDG_STATE_HOME: folder, ...more.env } })
/** The same in a separate process, which can be killed, and can run beside another one. */
const cliProcess = (words: readonly string[], more: SpawnOptions): Promise<CliResult> =>
  spawnCli(words, { ...more, env: { XDG_STATE_HOME: folder, ...more.env } })
const site = (tasks: string, hosts: Parameters<Steps['inventory']>[0] = { web1: {} }): string[] => [
  steps.book(tasks),
  '-i',
  steps.inventory(hosts),
  '--output',
  'plain',
]
const ended = (result: CliResult, status: number, ...texts: (string | RegExp)[]): void => {
  const all = result.stdout + result.stderr
  assert.is(result.status, status, all)
  for (const text of texts) assert.match(all, text)
}

test('pain 12: a notified handler runs in the next run, although its host failed before it', async () => {
  const words = site("change('a', { notify: 'reload' }), fail('fails')")
  ended(await cli(words), 2, 'due: reload on web1')
  assert.equal(steps.recorded(), ['web1 fails'])
  steps.go()
  ended(await cli(words), 0, 'due from an earlier run: reload on web1')
  assert.equal(steps.recorded(), ['web1 fails', 'web1 fails', 'web1 reload', 'web1 last'])
  const third = await cli(words)
  ended(third, 0)
  assert.not.match(third.stdout, 'reload')
})

test('--check neither runs nor forgets a due handler', async () => {
  const words = site("change('a', { notify: 'reload' }), fail('fails')")
  ended(await cli(words), 2)
  steps.go()
  ended(await cli([...words, '--check']), 0, /would change.*reload/)
  ended(await cli(words), 0, 'due from an earlier run')
  assert.equal(
    steps.recorded().filter((line) => line === 'web1 reload'),
    ['web1 reload'],
  )
})

test('pain 24: the failed hosts are recorded, and --resume continues with them', async () => {
  const words = site("say('one'), ...(host.name === 'web2' ? [fail('two')] : []), say('three')", {
    web1: {},
    web2: {},
  })
  ended(await cli(words), 2)
  ended(await cli(['history']), 0, /^ {2}1 .*site\.ts .*inventory\.yaml +2 {2}failed \(web2\) /m)
  steps.go()
  ended(await cli([...words, '--resume']), 0, 'resuming run 1: 3 tasks are already done')
  const on = (name: string): string[] => steps.recorded().filter((line) => line.startsWith(name))
  assert.equal(on('web1'), ['web1 one', 'web1 three', 'web1 last'])
  assert.equal(on('web2'), ['web2 one', 'web2 two', 'web2 two', 'web2 three', 'web2 last'])
  ended(await cli([...words, '--resume']), 0, 'nothing to resume: run 2 completed all tasks')
})

test('--resume after a host was unreachable', async () => {
  const tasks = "say('one')"
  const words = site(tasks, { web1: {}, web2: { port: await freePort(), connect_timeout: 60 } })
  ended(await cli(words), 4)
  assert.equal(steps.recorded(), ['web1 one'])
  site(tasks, { web1: {}, web2: {} })
  ended(await cli([...words, '--resume']), 0)
  assert.equal(steps.recorded().slice(0, 2), ['web1 one', 'web2 one'])
  assert.equal(steps.recorded().slice(2).toSorted(), ['web1 last', 'web2 last'])
})

test('--resume after a run was killed: completed tasks are skipped, due handlers run', async () => {
  const words = site("say('one'), change('a', { notify: 'reload' }), hold('two'), say('three')")
  const killed = await cliProcess(words, {
    watch: (child) => {
      void until(() => steps.recorded().includes('web1 two')).then(() => child.kill('SIGKILL'))
    },
  })
  assert.is(killed.status, null)
  ended(await cli(['history']), 0, /^ {2}1 .* killed$/m)
  steps.go()
  ended(
    // what it had started is stopped on the host before another run gets the lock
    await cli([...words, '--resume', '--wait-for-lock']),
    0,
    'resuming run 1: 2 tasks are already done',
    'due from an earlier run: reload on web1',
  )
  assert.equal(steps.recorded(), [
    'web1 one',
    'web1 two',
    'web1 two',
    'web1 three',
    'web1 reload',
    'web1 last',
  ])
})

test('--resume without a recorded run does everything: exit status 0 never means less', async () => {
  const words = site("say('one')")
  ended(await cli([...words, '--resume']), 0, 'no run of this playbook with this inventory is recorded')
  assert.equal(steps.recorded(), ['web1 one', 'web1 last'])
  ended(await cli([...words, '--resume']), 0, 'nothing to resume: run 1 completed all tasks')
  assert.equal(steps.recorded(), ['web1 one', 'web1 last'])
  ended(await cli([...words, '--resume', '--no-journal']), 1, 'cannot be used together')
})

test('a second run is refused with the name of the first, and does nothing on the host', async () => {
  const words = site("hold('one')")
  const second: Promise<CliResult>[] = []
  const first = await cliProcess(words, {
    watch: () => {
      void until(() => steps.recorded().length > 0).then(async () => {
        second.push(cli(words))
        const [refused] = await Promise.all(second)
        // a run that only reads is allowed
        if (refused?.status === 2) second.push(cli([...words, '--check']))
        second.push(cli(['exec', 'all', ...words.slice(1), '--', 'true']))
        await Promise.all(second)
        steps.go()
      })
    },
  })
  const [refused, check, exec] = await Promise.all(second)
  ended(first, 0)
  if (refused === undefined || check === undefined || exec === undefined) throw new Error('not run')
  ended(refused, 2, '[host-locked]', /is locked by \S+@\S+ \(site, process \d+\), for \d+ s/, 'hint: wait')
  assert.match(refused.stdout, /web1 +0 +0 +0 +1 +0$/m)
  ended(check, 0)
  ended(exec, 0)
  assert.equal(steps.recorded(), ['web1 one', 'web1 last'])
})

test('--wait-for-lock waits, and --no-lock ignores the lock', async () => {
  const words = site("hold('one')")
  const [first, second] = await Promise.all([
    cli(words),
    until(() => steps.recorded().length > 0).then(() =>
      cliProcess([...words, '--wait-for-lock'], {
        watch: whenSaid([/web1: waiting for the lock of/, () => steps.go()]),
      }),
    ),
  ])
  ended(first, 0)
  ended(second, 0)
  assert.equal(steps.recorded(), ['web1 one', 'web1 last', 'web1 one', 'web1 last'])
})

test('the lock of a killed run is free when its processes on the host have ended', async () => {
  const words = site("hold('one')")
  await cliProcess(words, {
    watch: (child) => {
      void until(() => steps.recorded().length > 0).then(() => child.kill('SIGKILL'))
    },
  })
  const begun = until(() => steps.recorded().length > 1).then(() => steps.go())
  const second = await cli([...words, '--wait-for-lock', '60'])
  await begun
  ended(second, 0)
  assert.equal(steps.recorded(), ['web1 one', 'web1 one', 'web1 last'])
})

test('a recorded run is shown again unchanged, as lines and as JSON', async () => {
  const words = site("say('one'), fail('two')")
  const run = await cli(words)
  const shown = await cli(['history', 'show', '1'])
  ended(shown, 0, /^run 1, .* by \S+@\S+, inventory \S+: run /)
  // without the hint about --resume, which is only for the run that has just ended
  const reported = run.stdout.replace('; --resume continues from here', '')
  assert.is.not(reported, run.stdout)
  assert.is(shown.stdout.slice(shown.stdout.indexOf('\n') + 1), reported)
  const json = await cli(['history', 'show', '1', '--output', 'json'])
  const types = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type)
  assert.equal([types[0], types.at(-1)], ['run-start', 'run-end'])
  const page = join(folder, 'run.html')
  ended(await cli(['history', 'show', '1', '--report', page]), 0)
  assert.match(readFileSync(page, 'utf8'), /<html[\s\S]*web1/)
  ended(await cli(['history', 'show', '7']), 1, 'run 7 is not recorded')
})

test('journals contain no secret, and a state folder that cannot be written does not make a run fail', async () => {
  const words = site("say('one')", { web1: { become_password: 'hush-hush-7' } })
  ended(await cli([...words, '-e', 'password=hush-hush-8']), 0)
  const recorded = readdirSync(join(folder, 'coxswain')).map((name) =>
    readFileSync(join(folder, 'coxswain', name), 'utf8'),
  )
  // the run, and the key for fingerprints of its tasks
  assert.is(recorded.length, 2)
  assert.not.match(recorded.join(''), 'hush-hush')
  // a file at the path of a folder
  const env = { XDG_STATE_HOME: steps.book('') }
  ended(await cli(words, { env }), 0, 'this run is not recorded')
  const silent = await cli([...words, '--no-journal'], { env })
  ended(silent, 0)
  assert.not.match(silent.stdout, 'recorded')
})
