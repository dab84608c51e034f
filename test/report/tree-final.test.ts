import * as assert from 'uvu/assert'
import { finalPicture } from '../../engine/report/tree-final.ts'
import type { FinalFormat } from '../../engine/report/tree-final.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import { suite } from '../support/spec.ts'
import { commandFailed, taskEnd, taskOutput, taskRef, taskStart, time } from './run-events.ts'
import { playAfter } from './tree-play.ts'

const test = suite('the final view')

const format: FinalFormat = {
  now: time + 12_400,
  width: 80,
  height: 24,
  color: false,
  diff: false,
  verbosity: 0,
  plays: 3,
}

const changes = [
  { what: 'net.ipv4.ip_forward', from: '0', to: '1' },
  { what: '/etc/sysctl.conf', from: 'a\n', to: 'b\n' },
]

const ended = (host: string, title: string, outcome: 'ok' | 'changed', seconds = 2): RunEvent[] => {
  const task = taskRef(host, title)
  return [taskStart(task), taskEnd(task, outcome, { changes, time: time + seconds * 1000, seconds })]
}

const failed = (host: string): RunEvent[] => {
  const task = taskRef(host, 'join the control plane')
  const end = { error: commandFailed({ host, output: undefined }), time: time + 3000, seconds: 3 }
  return [taskStart(task), taskEnd(task, 'failed', end)]
}

test('changes are below their host, failures complete and last, and hosts that did not start are listed', () =>
  assert.equal(
    finalPicture(
      playAfter(['m1', 'm22', 'm3', 'm4', 'm5'], 2, [
        ...failed('m1'),
        ...ended('m22', 'ip_forward = 1', 'changed'),
        ...ended('m22', 'containerd', 'ok'),
        ...ended('m3', 'ip_forward = 1', 'ok'),
        ...ended('m3', 'containerd', 'ok'),
        ...ended('m4', 'ip_forward = 1', 'ok'),
      ]),
      format,
    ),
    [
      '✖ 1/3 every master is ready  (5 hosts)  12.4 s',
      '  ✔ m22  1 ok, 1 changed  2.0 s',
      '    ✔ changed  ip_forward = 1  2.0 s',
      '  ✔ m3   2 ok  2.0 s',
      '  ◼ m4   stopped after 1 of 2  2.0 s',
      '  ◼ m5   not started',
      '  ✖ m1   1 failed  3.0 s',
      '    ✖ failed  join the control plane  3.0 s',
      '      error[command-failed]: exit status 1 from: kubeadm join',
      '        hint: run it by hand on the host to see more',
    ],
  ))

test('a play without hosts shows the reason', () =>
  assert.equal(finalPicture({ ...playAfter([], 0, []), note: 'no host is left for this play' }, format), [
    '✔ 1/3 every master is ready  (no host is left for this play)  12.4 s',
  ]))

test('--diff shows changes; -v shows output', () => {
  const task = taskRef('m1', 'ip_forward = 1')
  const end = taskEnd(task, 'changed', { changes, seconds: 2 })
  const play = playAfter(['m1'], 1, [taskStart(task), taskOutput(task, 'x = 1\x1b[2J'), end], true)
  assert.equal(finalPicture(play, { ...format, diff: true, verbosity: 1 }).slice(2), [
    '    ✔ changed  ip_forward = 1  2.0 s',
    '      net.ipv4.ip_forward: 0 → 1',
    '      /etc/sysctl.conf',
    '        @@ -1 +1 @@',
    '        -a',
    '        +b',
    '      › x = 1',
  ])
})

test('many hosts with the same outcomes share their rows, with the longest time', () => {
  const hosts = Array.from({ length: 30 }, (_, index) => `node${index}`)
  const play = playAfter(
    hosts,
    1,
    hosts.flatMap((host, index) => ended(host, 'containerd', index < 10 ? 'ok' : 'changed', 1 + index / 10)),
  )
  assert.equal(finalPicture(play, format), [
    '✔ 1/3 every master is ready  (30 hosts)  12.4 s',
    '  ✔ 10 hosts with nothing to do  node0, node1, node2, node3, node4, node5, node…',
    '  ✔ 20 hosts with 1 changed  node10, node11, node12, node13, node14, node15, no…',
    '    ✔ changed  containerd  3.9 s',
  ])
})

test('a host with details of its own keeps its rows', () => {
  const hosts = Array.from({ length: 30 }, (_, index) => `node${index}`)
  const events = hosts.flatMap((host) =>
    host === 'node7' ? failed(host) : ended(host, 'containerd', 'changed'),
  )
  assert.equal(finalPicture(playAfter(hosts, 1, events), format).slice(3), [
    '  ✖ node7   1 failed  3.0 s',
    '    ✖ failed  join the control plane  3.0 s',
    '      error[command-failed]: exit status 1 from: kubeadm join',
    '        hint: run it by hand on the host to see more',
  ])
  // diffs can differ even if the titles are the same
  assert.is(
    finalPicture(playAfter(hosts.slice(0, 3), 1, events), { ...format, height: 5, diff: true }).length,
    22,
  )
})
