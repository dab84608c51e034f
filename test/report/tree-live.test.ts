import * as assert from 'uvu/assert'
import { assert as check, integer, property } from 'fast-check'
import { livePicture } from '../../engine/report/tree-live.ts'
import type { LiveFormat } from '../../engine/report/tree-live.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import { columnsOf } from '../../engine/report/text.ts'
import { suite } from '../support/spec.ts'
import {
  commandFailed,
  hostEnd,
  taskEnd,
  taskOutput,
  taskProgress,
  taskRef,
  taskStart,
  time,
} from './run-events.ts'
import { playAfter } from './tree-play.ts'

const test = suite('the live view of a play')

const format: LiveFormat = { now: time + 12_400, width: 80, height: 24, color: false, spinner: '*', plays: 3 }

const seconds = (count: number): number => time + count * 1000

const names = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)

/** A task that ended after this many seconds. */
const ended = (host: string, title: string, outcome: 'ok' | 'changed', end = 2): RunEvent[] => {
  const task = taskRef(host, title)
  return [taskStart(task), taskEnd(task, outcome, { time: seconds(end), seconds: end })]
}

const failed = (host: string): RunEvent[] => {
  const task = taskRef(host, 'join the control plane')
  const end = { error: commandFailed({ host }), time: seconds(3), seconds: 3 }
  return [taskStart(task), taskEnd(task, 'failed', end)]
}

const atWork = (host: string, title: string, since: number, lines: readonly string[] = []): RunEvent[] => {
  const task = taskRef(host, title)
  return [taskStart(task, seconds(since)), ...lines.map((line) => taskOutput(task, line))]
}

test('a few hosts are shown in full', () =>
  assert.equal(
    livePicture(
      playAfter(['m1', 'm22', 'm3', 'm4'], 4, [
        ...ended('m1', 'ip_forward = 1', 'ok'),
        ...ended('m1', 'package containerd', 'changed'),
        ...atWork('m1', 'kubeadm init', 9.2, ['[certs] one', '[certs]\ttwo\x1b[31m']),
        ...failed('m22'),
        ...[1, 2, 3, 4].flatMap((n) => ended('m3', `task ${n}`, n === 2 ? 'changed' : 'ok')),
      ]),
      format,
    ),
    [
      '❯ 1/3 every master is ready  1 failed, 1 done, 1 running, 1 waiting  12.4 s',
      '  * m1   2/4  12.4 s',
      '    ✔ changed  package containerd  2.0 s',
      '    * kubeadm init  3.2 s',
      '      › [certs] one',
      '      › [certs] two',
      '  ✖ m22  1/4  failed  join the control plane  3.0 s',
      '    error[command-failed]: exit status 1 from: kubeadm join',
      '      output:',
      '        [preflight] Running pre-flight checks',
      '        [ERROR Port-6443]: Port 6443 is in use',
      '      hint: run it by hand on the host to see more',
      '  ✔ m3   3 ok, 1 changed  2.0 s',
      '    ✔ changed  task 2  2.0 s',
      '  ◼ m4',
    ],
  ))

test('parallel tasks have a row each, or share the row of their host', () => {
  const events = [
    ...atWork('m1', 'download images', 1, ['layer 3']),
    ...atWork('m1', 'package containerd', 4, ['unpacking']),
    ...atWork('m2', 'package containerd', 5),
  ]
  const play = playAfter(['m1', 'm2'], 9, events)
  assert.equal(livePicture(play, format).slice(1), [
    '  * m1  0/9  11.4 s',
    '    * download images  11.4 s',
    '      › layer 3',
    '    * package containerd  8.4 s',
    '      › unpacking',
    '  * m2  0/9  7.4 s',
    '    * package containerd  7.4 s',
  ])
  assert.equal(livePicture(play, { ...format, height: 5 }).slice(1), [
    '  * m1  0/9  2 tasks: download images + package containerd  11.4 s',
    '    › unpacking',
    '  * m2  0/9  package containerd  7.4 s',
  ])
})

test('a rescued failure is not shown as the error; parallel tasks that still run are shown', () => {
  const lost = taskRef('m1', 'first')
  const bad = taskRef('m1', 'join')
  const error = commandFailed({ host: 'm1', output: undefined })
  const rescued = [taskStart(bad), taskEnd(bad, 'failed', { error }), taskEnd(lost, 'ignored', { error })]
  const events = [...rescued, ...atWork('m1', 'clean up', 9.4)]
  assert.equal(livePicture(playAfter(['m1'], 5, events), format).slice(1), [
    '  ✖ m1  2/5  failed  join  0.0 s',
    '    ✖ ignored  first  0.2 s',
    '    error[command-failed]: exit status 1 from: kubeadm join',
    '      hint: run it by hand on the host to see more',
    '    * clean up  3.0 s',
  ])
})

test('stopped hosts are marked', () => {
  const events = [...ended('m1', 'x', 'ok'), hostEnd('m1', 'stopped'), ...atWork('m2', 'x', 5)]
  assert.equal(livePicture(playAfter(['m1', 'm2'], 5, events), format), [
    '❯ 1/3 every master is ready  1 stopped, 1 running  12.4 s',
    '  ◼ m1  stopped after 1 of 5  2.0 s',
    '  * m2  0/5  7.4 s',
    '    * x  7.4 s',
  ])
})

test('a waiting task shows the reason', () => {
  const task = taskRef('m1', 'etcd has every member')
  const events = [taskStart(task), taskProgress(task, 'waiting', '2 of 3')]
  assert.equal(livePicture(playAfter(['m1'], 1, events), format), [
    '❯ 1/3 every master is ready  1 running  12.4 s',
    '  * m1  0/1  12.4 s',
    '    * etcd has every member (waiting: 2 of 3)  12.4 s',
  ])
})

test('a play whose hosts are not selected yet says so', () =>
  assert.equal(livePicture({ ...playAfter([], 0, []), index: 1 }, format), [
    '❯ 2/3 every master is ready  choosing hosts  12.4 s',
  ]))

test('with fewer rows, older changes are counted and one line of output remains', () =>
  assert.equal(
    livePicture(
      playAfter(['m1'], 9, [
        ...[1, 2, 3, 4, 5].flatMap((n) => ended('m1', `task ${n}`, 'changed')),
        ...atWork('m1', 'kubeadm init', 9.2, ['one', 'two', 'three']),
      ]),
      { ...format, height: 10 },
    ),
    [
      '❯ 1/3 every master is ready  1 running  12.4 s',
      '  * m1  5/9  12.4 s',
      '    … 2 before',
      '    ✔ changed  task 3  2.0 s',
      '    ✔ changed  task 4  2.0 s',
      '    ✔ changed  task 5  2.0 s',
      '    * kubeadm init  3.2 s',
      '      › three',
    ],
  ))

test('with even fewer rows, hosts that are done or wait are folded, and a running host is one row', () =>
  assert.equal(
    livePicture(
      playAfter(['a', 'b', 'c', 'd', 'e', 'f'], 2, [
        ...ended('a', 'x', 'changed'),
        ...ended('a', 'y', 'ok'),
        ...ended('b', 'x', 'ok'),
        ...ended('b', 'y', 'ok'),
        ...ended('c', 'x', 'changed'),
        ...atWork('c', 'y', 5),
        ...atWork('d', 'x', 4),
      ]),
      { ...format, height: 6 },
    ),
    [
      '❯ 1/3 every master is ready  2 done, 2 running, 2 waiting  12.4 s',
      '  * c  1/2  y  7.4 s',
      '  * d  0/2  x  8.4 s',
      '  ✔ 2 hosts done, 1 of them with changes',
      '  ◼ 2 hosts waiting',
    ],
  ))

test('if that does not fit, the slowest hosts are shown and the others counted; failures get their share', () => {
  const hosts = Array.from({ length: 40 }, (_, index) => `n${index}`)
  const events = hosts.flatMap((host, index) =>
    index < 10 ? failed(host) : index < 38 ? atWork(host, 'x', 10 - index / 5) : [],
  )
  assert.equal(livePicture(playAfter(hosts, 2, events), { ...format, height: 9 }), [
    '❯ 1/3 every master is ready  10 failed, 28 running, 2 waiting  12.4 s',
    '  ✖ n0   1/2  failed  join the control plane: exit status 1 from: kubead…  3.0 s',
    '  ✖ n1   1/2  failed  join the control plane: exit status 1 from: kubead…  3.0 s',
    '  … 8 more failed',
    '  * n36  0/2  x  9.6 s',
    '  * n37  0/2  x  9.8 s',
    '  … 26 more running',
    '  ◼ 2 hosts waiting',
  ])
})

test('the view always fits the terminal', () => {
  const lots = integer({ min: 0, max: 120 })
  const size = integer({ min: 2, max: 60 })
  check(
    property(
      lots,
      lots,
      lots,
      lots,
      size,
      integer({ min: 20, max: 120 }),
      (bad, work, done, idle, height, width) => {
        const groups = [names(bad, 'bad'), names(work, 'work'), names(done, 'done')] as const
        const events = [
          ...groups[0].flatMap(failed),
          ...groups[1].flatMap((host) => atWork(host, 'a rather long title of a task', 1, ['out', 'put'])),
          ...groups[2].flatMap((host) => ended(host, 'x', 'changed')),
        ]
        const play = playAfter([...groups.flat(), ...names(idle, 'idle')], 1, events)
        const lines = livePicture(play, { ...format, height, width })
        assert.ok(lines.length < height, `${lines.length} lines in ${height} rows`)
        for (const line of lines) assert.ok(columnsOf(line) <= width, line)
      },
    ),
    { numRuns: 60 },
  )
})

test('states have their colours', () => {
  const [head, row] = livePicture(playAfter(['m1'], 1, ended('m1', 'x', 'ok')), { ...format, color: true })
  assert.is(head, '\x1b[33m❯ \x1b[39m\x1b[1m1/3 every master is ready\x1b[22m\x1b[2m  1 done  12.4 s\x1b[22m')
  assert.is(row, '  \x1b[32m✔ \x1b[39mm1  1 ok\x1b[2m  2.0 s\x1b[22m')
})
