import * as assert from 'uvu/assert'
import { plainReporter } from '../../engine/report/plain.ts'
import type { ReportOptions } from '../../engine/report/reporter.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import { suite } from '../support/spec.ts'
import {
  commandFailed,
  paper,
  playEnd,
  playStart,
  recapOf,
  runEnd,
  runStart,
  taskEnd,
  taskOutput,
  taskProgress,
  taskRef,
  taskStart,
  taskTransfer,
  text,
  time,
  written,
} from './run-events.ts'

const test = suite('plain lines')

/** The lines about tasks. */
const aboutTasks = (
  events: readonly RunEvent[],
  more: Partial<ReportOptions> = {},
  check = false,
): string => {
  const before = [runStart({ check }), playStart()]
  const head = written(plainReporter, before, more)
  return written(plainReporter, [...before, ...events], more).slice(head.length)
}

test('a complete run', () => {
  const forward = taskRef('m1', 'net.ipv4.ip_forward = 1')
  const same = taskRef('m22', 'net.ipv4.ip_forward = 1')
  const join = taskRef('m22', 'join the control plane')
  const error = commandFailed()
  assert.is(
    written(plainReporter, [
      runStart({ plays: ['every master is ready', 'the workers join'] }),
      playStart(),
      taskStart(forward),
      taskStart(same),
      taskEnd(forward, 'changed'),
      taskEnd(same, 'ok', { seconds: 0.04 }),
      taskStart(join),
      taskOutput(join, '[preflight] Running pre-flight checks'),
      taskEnd(join, 'failed', { error, seconds: 62 }),
      playEnd(['m22']),
      runEnd({
        recap: [recapOf('m1', { changed: 1 }), recapOf('m22', { ok: 1, failed: 1 })],
        notRun: ['the workers join'],
        seconds: 63.1,
      }),
    ]),
    text(
      'ha-masters: 2 hosts, 2 plays',
      '',
      'play 1/2: every master is ready (2 hosts)',
      '  m1   changed  net.ipv4.ip_forward = 1  0.2 s',
      '  m22  ok       net.ipv4.ip_forward = 1  0.0 s',
      '  m22  failed   join the control plane  1 min 02 s',
      '      error[command-failed]: exit status 1 from: kubeadm join',
      '        output:',
      '          [preflight] Running pre-flight checks',
      '          [ERROR Port-6443]: Port 6443 is in use',
      '        hint: run it by hand on the host to see more',
      '',
      'recap     ok  changed  skipped  failed  unreachable',
      'm1         0        1        0       0            0',
      'm22        1        0        0       1            0',
      'total      1        1        0       1            0',
      '',
      '2 hosts in 1 min 03 s: 1 ok, 1 changed, 1 failed',
      'not run: the workers join',
      'next: fix the failures on m22, then run again; completed changes are kept',
    ),
  )
})

test('a play without hosts shows the reason', () =>
  assert.is(
    written(plainReporter, [runStart(), playStart({ hosts: [], note: 'no host is left for this play' })]),
    text(
      'ha-masters: 2 hosts, 1 play',
      '',
      'play 1/1: every master is ready (no host is left for this play)',
    ),
  ))

test('under --check', () =>
  assert.is(
    aboutTasks(
      [
        taskEnd(taskRef('m1', 'a package'), 'would change'),
        taskEnd(taskRef('m1', 'its service'), 'unknown', { why: 'the package\nis not there' }),
        taskEnd(taskRef('m1', 'the rest'), 'skipped', { why: 'its condition is false' }),
      ],
      {},
      true,
    ),
    text(
      '  m1   would change  a package  0.2 s',
      '  m1   unknown       its service  (the package is not there)  0.2 s',
      '  m1   skipped       the rest  (its condition is false)  0.2 s',
    ),
  ))

test('the first line of a run under --check says so', () =>
  assert.match(
    written(plainReporter, [runStart({ check: true })]),
    'ha-masters: 2 hosts, 1 play (check: nothing is changed)\n',
  ))

test('--diff shows the changes below their task', () => {
  const changes = [
    { what: 'net.ipv4.ip_forward', from: '0', to: '1' },
    { what: '/etc/sysctl.conf', from: 'a\n', to: 'b\n' },
  ]
  const end = taskEnd(taskRef('m1', 'sysctl'), 'changed', { changes })
  assert.is(
    aboutTasks([end], { diff: true }),
    text(
      '  m1   changed  sysctl  0.2 s',
      '      net.ipv4.ip_forward: 0 → 1',
      '      /etc/sysctl.conf',
      '        @@ -1 +1 @@',
      '        -a',
      '        +b',
    ),
  )
  assert.is(aboutTasks([end]), text('  m1   changed  sysctl  0.2 s'))
})

test('-v shows the output of commands, by host', () => {
  const task = taskRef('m1', 'list')
  const events = [
    taskStart(task),
    taskProgress(task, 'applying'),
    taskOutput(task, 'one\ttwo\x1b[2J'),
    taskOutput(task, 'oh', 'stderr'),
    taskOutput(task, 'the task speaks', 'log'),
  ]
  assert.is(
    aboutTasks(events, { verbosity: 1 }),
    text('  m1   | one\ttwo', '  m1   ! oh', '  m1   > the task speaks'),
  )
  assert.is(aboutTasks(events), text('  m1   > the task speaks'))
})

test('the progress of a transfer is reported every ten seconds, and when it resumes', () => {
  const task = taskRef('m1', 'copy')
  const at = (seconds: number, bytes: number) =>
    taskTransfer(task, bytes, 1_400_000_000, time + seconds * 1000)
  const events = [at(0, 0), at(9, 200_000_000), at(10, 400_000_000), at(19, 5e8), at(21, 1e9), at(22, 7e8)]
  assert.is(
    aboutTasks(events),
    text(
      '  m1   transfers  copy  (28 % of 1.4 GB)',
      '  m1   transfers  copy  (71 % of 1.4 GB)',
      '  m1   resumes  copy  (50 % of 1.4 GB)',
    ),
  )
})

test('-vv shows when a change begins', () => {
  const events = [taskProgress(taskRef('m1', 'sysctl'), 'applying')]
  assert.is(aboutTasks(events, { verbosity: 2 }), text('  m1   applying  sysctl'))
  assert.is(aboutTasks(events, { verbosity: 1 }), '')
})

test('a note is a line', () => {
  const { options, text: run } = paper()
  plainReporter(options).note('interrupted: stopping\x1b[2J')
  assert.is(run(), 'interrupted: stopping\n')
})

test('a handler is marked', () =>
  assert.is(
    aboutTasks([taskEnd(taskRef('m1', 'restart haproxy', { role: 'handler' }), 'changed')]),
    text('  m1   changed  restart haproxy (handler)  0.2 s'),
  ))

test('a wait is reported when it begins, and when its reason changes, but not too often', () => {
  const task = taskRef('m1', 'etcd is healthy')
  assert.is(
    aboutTasks([
      taskProgress(task, 'waiting', '1 of 3 members', time),
      taskProgress(task, 'waiting', '2 of 3 members', time + 2000),
      taskProgress(task, 'waiting', '1 of 3 members', time + 20_000),
      taskProgress(task, 'waiting', '2 of 3 members', time + 30_000),
    ]),
    text(
      '  m1   waiting  etcd is healthy  (1 of 3 members)',
      '  m1   waiting  etcd is healthy  (2 of 3 members)',
    ),
  )
})

test('a lost connection is reported', () =>
  assert.is(
    aboutTasks([taskProgress(taskRef('m1', 'reboot'), 'reconnecting', 'looking what was done')]),
    text('  m1   reconnecting  reboot  (looking what was done)'),
  ))

test('an error of another host names the host', () =>
  assert.match(
    aboutTasks([taskEnd(taskRef('m1', 'join'), 'failed', { error: commandFailed() })]),
    '\n        on host m22, task join the control plane\n',
  ))

test('the error that stopped the run is above the recap', () =>
  assert.is(
    written(plainReporter, [
      runEnd({
        recap: [recapOf('m1')],
        stopped: commandFailed({
          code: 'interrupted',
          message: 'the run was interrupted',
          hint: 'run again to go on',
          host: undefined,
          task: undefined,
          output: undefined,
        }),
      }),
    ]),
    text(
      '',
      'error[interrupted]: the run was interrupted',
      '  hint: run again to go on',
      '',
      'recap     ok  changed  skipped  failed  unreachable',
      'm1         0        0        0       0            0',
      '',
      '1 host in 1.5 s: nothing to do',
    ),
  ))

test('a line and its details are written together', () => {
  const pieces: string[] = []
  const error = commandFailed()
  written(plainReporter, [taskEnd(taskRef('m1', 'join'), 'failed', { error })], {
    write: (piece) => pieces.push(piece),
  })
  assert.is(pieces.length, 1)
})

test('outcomes have their colours', () =>
  assert.is(
    aboutTasks([taskEnd(taskRef('m1', 'sysctl'), 'changed')], { color: true }),
    '  m1   \x1b[33mchanged\x1b[39m  \x1b[1msysctl\x1b[22m  \x1b[2m0.2 s\x1b[22m\n',
  ))
