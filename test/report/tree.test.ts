import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { dispatch } from '../../engine/report/reporter.ts'
import { treeReporter } from '../../engine/report/tree.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import { suite } from '../support/spec.ts'
import { until } from '../support/until.ts'
import {
  commandFailed,
  hostEnd,
  paper,
  playEnd,
  playStart,
  recapOf,
  runEnd,
  runStart,
  taskEnd,
  taskRef,
  taskStart,
  time,
} from './run-events.ts'
import { terminal } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const test = suite('the tree')

const begun = () => {
  const seen = terminal()
  const { options } = paper({ write: seen.write })
  const reporter = treeReporter(options, () => time + 1500)
  const tell = (...events: readonly RunEvent[]): void => {
    for (const event of events) dispatch(reporter, event)
  }
  return { seen, reporter, tell }
}

/** Long enough for listr2 to draw again by mistake: it draws ten times a second. */
const beat = () => sleep(150)

const plays = ['every master is ready', 'the workers join']
const spinner = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/gu
const still = (text: string): string => text.replaceAll(spinner, '*')

/** Waits until the screen contains a text. */
const draws = (seen: Terminal, part: string): Promise<void> => until(() => seen.text().includes(part))

/** Waits until the screen has only this text. */
const shows = async (seen: Terminal, text: string): Promise<void> => {
  await until(() => still(seen.text()) === text).catch(() => {})
  assert.is(still(seen.text()), text)
}

test('the tree is drawn while a play runs, stays when it ends, and the recap follows', async () => {
  const { seen, reporter, tell } = begun()
  const change = taskRef('m1', 'net.ipv4.ip_forward = 1')
  tell(runStart({ plays }))
  await shows(seen, 'ha-masters: 2 hosts, 2 plays\n❯ 1/2 every master is ready  choosing hosts  1.5 s')
  tell(playStart({ hosts: ['m1'], tasks: { m1: 1 } }), taskStart(change))
  await shows(
    seen,
    `ha-masters: 2 hosts, 2 plays
❯ 1/2 every master is ready  1 running  1.5 s
  * m1  0/1  1.5 s
    * net.ipv4.ip_forward = 1  1.5 s`,
  )
  assert.not.ok(seen.cursorShown())
  tell(taskEnd(change, 'changed'), hostEnd('m1'), playEnd())
  const stays = `ha-masters: 2 hosts, 2 plays
✔ 1/2 every master is ready  (1 host)  0.0 s
  ✔ m1  1 changed  0.0 s
    ✔ changed  net.ipv4.ip_forward = 1  0.2 s`
  assert.is(seen.text(), stays)
  await shows(seen, `${stays}\n❯ 2/2 the workers join  choosing hosts  1.5 s`)
  tell(
    playStart({ play: 1, name: 'the workers join', hosts: [], note: 'no host is left for this play' }),
    playEnd([], 1),
    runEnd({ recap: [recapOf('m1', { changed: 1 })] }),
  )
  await reporter.close()
  await shows(
    seen,
    `${stays}
✔ 2/2 the workers join  (no host is left for this play)  0.0 s

recap     ok  changed  skipped  failed  unreachable
m1         0        1        0       0            0

1 host in 1.5 s: 1 changed`,
  )
  assert.ok(seen.cursorShown())
})

test('no play follows a failed one', async () => {
  const { seen, reporter, tell } = begun()
  const task = taskRef('m22', 'join the control plane')
  tell(runStart({ plays }), playStart({ hosts: ['m22'], tasks: { m22: 2 } }), taskStart(task))
  await draws(seen, 'm22')
  tell(taskEnd(task, 'failed', { error: commandFailed() }), playEnd(['m22']))
  await shows(
    seen,
    `ha-masters: 2 hosts, 2 plays
✖ 1/2 every master is ready  (1 host)  0.0 s
  ✖ m22  1 failed  0.0 s
    ✖ failed  join the control plane  0.2 s
      error[command-failed]: exit status 1 from: kubeadm join
        output:
          [preflight] Running pre-flight checks
          [ERROR Port-6443]: Port 6443 is in use
        hint: run it by hand on the host to see more`,
  )
  tell(runEnd({ notRun: ['the workers join'] }))
  await reporter.close()
  assert.match(seen.text(), '\nnot run: the workers join')
})

test('an aborted run restores the terminal, and listr2 ends', async () => {
  const { seen, reporter, tell } = begun()
  const listeners = process.listenerCount('exit')
  const signals = process.listenerCount('SIGINT')
  tell(runStart({ plays }), playStart(), taskStart(taskRef('m1', 'sleep')))
  await draws(seen, 'sleep')
  assert.is(process.listenerCount('SIGINT'), signals)
  await reporter.close()
  assert.is(seen.text(), 'ha-masters: 2 hosts, 2 plays')
  assert.ok(seen.cursorShown())
  assert.is(process.listenerCount('exit'), listeners - 1)
})

test('the error that stopped the run is above the recap', async () => {
  const { seen, reporter, tell } = begun()
  const stopped = commandFailed({
    code: 'interrupted',
    message: 'the run was interrupted',
    output: undefined,
  })
  tell(runStart({ plays }), runEnd({ stopped, recap: [recapOf('m1')] }))
  await reporter.close()
  assert.match(seen.text(), /plays\n\nerror\[interrupted\]: the run was interrupted\n(.*\n)+\nrecap /)
})

test('a note stays above the drawing', async () => {
  const { seen, reporter, tell } = begun()
  tell(runStart({ plays }))
  await draws(seen, 'choosing hosts')
  reporter.note('interrupted: stopping what runs')
  assert.is(
    seen.text(),
    'ha-masters: 2 hosts, 2 plays\ninterrupted: stopping what runs\n❯ 1/2 every master is ready  choosing hosts  1.5 s',
  )
  await reporter.close()
})

test('during a question nothing is drawn or printed; everything follows afterwards', async () => {
  const { seen, reporter, tell } = begun()
  tell(runStart({ plays }), playStart({ hosts: ['m1'], tasks: { m1: 1 } }))
  await draws(seen, 'every master is ready')
  const resume = reporter.suspend()
  const quiet = 'ha-masters: 2 hosts, 2 plays'
  assert.is(seen.text(), quiet)
  assert.ok(seen.cursorShown())
  seen.write('go on? ')
  const task = taskRef('m1', 'sysctl')
  tell(taskStart(task), taskEnd(task, 'changed'), hostEnd('m1'), playEnd())
  reporter.note('a note')
  await beat()
  assert.is(seen.text(), `${quiet}\ngo on?`)
  seen.write('yes\n')
  resume()
  await shows(
    seen,
    `${quiet}
go on? yes
✔ 1/2 every master is ready  (1 host)  0.0 s
  ✔ m1  1 changed  0.0 s
    ✔ changed  sysctl  0.2 s
a note
❯ 2/2 the workers join  choosing hosts  1.5 s`,
  )
  await reporter.close()
})

test('text held during a question that is never answered is printed at the end', async () => {
  const { seen, reporter, tell } = begun()
  tell(runStart({ plays }))
  reporter.suspend()
  tell(runEnd({ recap: [recapOf('m1', { changed: 1 })] }))
  assert.not.match(seen.text(), 'recap')
  await reporter.close()
  assert.match(seen.text(), '1 host in 1.5 s: 1 changed')
})

test('a reporter without a run can be closed', async () => {
  const { seen, reporter } = begun()
  await reporter.close()
  assert.is(seen.text(), '')
})

test('the drawing adapts to a resized terminal', async () => {
  const seen = terminal()
  let width = 80
  const { options } = paper({ write: seen.write })
  const reporter = treeReporter(
    Object.defineProperty({ ...options }, 'width', { get: () => width }),
    () => time,
  )
  dispatch(reporter, runStart({ plays }))
  await draws(seen, 'every master is ready')
  width = 40
  await shows(seen, 'ha-masters: 2 hosts, 2 plays\n❯ 1/2 every mast…  choosing hosts  0.0 s')
  await reporter.close()
})
