import * as assert from 'uvu/assert'
import { afterEnd, afterOutput, afterStart, hostsAtStart, stateOf } from '../../engine/report/tree-model.ts'
import type { TreeHost } from '../../engine/report/tree-model.ts'
import { suite } from '../support/spec.ts'
import {
  commandFailed,
  hostEnd,
  playStart,
  taskEnd,
  taskOutput,
  taskProgress,
  taskRef,
  taskStart,
  taskTransfer,
} from './run-events.ts'
import { playAfter } from './tree-play.ts'

const test = suite('the state of the tree')

const hostAfter = (tasks: number, events: Parameters<typeof playAfter>[2], keep = false): TreeHost => {
  const [host] = playAfter(['m1'], tasks, events, keep).hosts
  if (host === undefined) throw new Error('the play has no host')
  return host
}

test('a host waits, runs, pauses between tasks, and is done', () => {
  const [first, second] = [taskRef('m1', 'first'), taskRef('m1', 'second')]
  const events = [taskStart(first), taskEnd(first, 'ok'), taskStart(second), taskEnd(second, 'changed')]
  assert.is(stateOf(hostAfter(2, [])), 'waiting')
  assert.is(stateOf(hostAfter(2, events.slice(0, 1))), 'running')
  assert.is(stateOf(hostAfter(2, events.slice(0, 2))), 'running')
  assert.is(stateOf(hostAfter(2, events)), 'done')
})

test('a host without tasks is done at once', () => assert.is(stateOf(hostAfter(0, [])), 'done'))

test('a handler makes a host run again, and is not counted as one of its tasks', () => {
  const task = taskRef('m1', 'first')
  const handler = taskRef('m1', 'restart', { role: 'handler' })
  const begun = [taskStart(task), taskEnd(task, 'changed'), taskStart(handler)]
  assert.is(stateOf(hostAfter(1, begun)), 'running')
  const host = hostAfter(1, [...begun, taskEnd(handler, 'changed')])
  assert.is(stateOf(host), 'done')
  assert.is(host.ended, 1)
  assert.is(host.counts.changed, 2)
})

test('a failure decides the state of a host', () => {
  const task = taskRef('m1', 'first')
  assert.is(stateOf(hostAfter(1, [taskStart(task), taskEnd(task, 'failed')])), 'failed')
  assert.is(stateOf(hostAfter(1, [taskStart(task), taskEnd(task, 'unreachable')])), 'failed')
})

test('a host-end event decides the state of a host', () => {
  const task = taskRef('m1', 'first')
  const rescued = [taskStart(task), taskEnd(task, 'rescued', { error: commandFailed() })]
  assert.is(stateOf(hostAfter(9, [...rescued, hostEnd('m1')])), 'done')
  assert.is(stateOf(hostAfter(9, [...rescued, hostEnd('m1', 'stopped')])), 'stopped')
  assert.is(stateOf(hostAfter(9, [...rescued, hostEnd('m1', 'unreachable')])), 'failed')
  assert.is(stateOf(hostAfter(9, [hostEnd('m1', 'failed')])), 'failed')
})

test('a host without remaining tasks runs until its host-end event', () => {
  const task = taskRef('m1', 'first')
  const [host] = hostsAtStart(playStart({ hosts: ['m1'], tasks: { m1: 1 } }))
  assert.ok(host)
  const after = afterEnd(afterStart(host, taskStart(task)), taskEnd(task, 'changed'))
  assert.is(stateOf(after), 'running')
})

test('parallel tasks of a host have their own output and end', () => {
  const [one, two] = [taskRef('m1', 'one'), taskRef('m1', 'two')]
  const events = [taskStart(one), taskStart(two), taskOutput(one, 'from one'), taskOutput(two, 'from two')]
  const running = (more: Parameters<typeof playAfter>[2]) =>
    hostAfter(3, [...events, ...more]).running.map(({ title, output }) => [title, ...output])
  assert.equal(running([]), [
    ['one', 'from one'],
    ['two', 'from two'],
  ])
  assert.equal(running([taskEnd(one, 'ok')]), [['two', 'from two']])
  assert.is(hostAfter(3, [...events, taskEnd(one, 'ok')]).ended, 1)
})

test('tasks of a rescue are not counted', () => {
  const roles = (['task', 'rescue', 'always', 'handler'] as const).map((role) =>
    taskEnd(taskRef('m1', role, { role }), 'ok'),
  )
  assert.is(hostAfter(2, roles).ended, 2)
})

test('tasks that are ok or skipped are not shown, others are', () => {
  const shown = (['ok', 'skipped', 'changed', 'would change', 'unknown', 'failed'] as const).map((outcome) =>
    taskEnd(taskRef('m1', outcome), outcome, { error: outcome === 'failed' ? commandFailed() : undefined }),
  )
  assert.equal(
    hostAfter(6, shown).shown.map(({ title }) => title),
    ['changed', 'would change', 'unknown', 'failed'],
  )
})

test('the last lines of output are shown; output is kept on request, messages of the task always', () => {
  const task = taskRef('m1', 'list')
  const lines = ['1', '2', '3', '4'].map((line) => taskOutput(task, line))
  const events = [taskStart(task), ...lines, taskOutput(task, 'done so', 'log')]
  assert.equal(hostAfter(1, events).running[0]?.output, ['3', '4', 'done so'])
  assert.equal(hostAfter(1, events).running[0]?.kept, ['done so'])
  assert.equal(hostAfter(1, events, true).running[0]?.kept, ['1', '2', '3', '4', 'done so'])
  const [shown] = hostAfter(1, [...events, taskEnd(task, 'ok')]).shown
  assert.equal(shown?.kept, ['done so'])
})

test('output after the end of its task is ignored', () => {
  const task = taskRef('m1', 'list')
  const host = hostAfter(1, [taskStart(task), taskEnd(task, 'ok')])
  assert.equal(afterOutput(host, taskOutput(task, 'late'), true), host)
})

test('a running task has the progress of its transfer', () => {
  const task = taskRef('m1', 'copy')
  const shown = (bytes: number) =>
    hostAfter(1, [taskStart(task), taskTransfer(task, bytes, 2_000_000)]).running[0]?.progress
  assert.is(shown(0), '░░░░░░░░░░░░ 0 % of 2.0 MB')
  assert.is(shown(1_999_999), '███████████░ 99 % of 2.0 MB')
  assert.is(shown(2_000_000), '████████████ 100 % of 2.0 MB')
})

test('a running task has what it waits for', () => {
  const task = taskRef('m1', 'etcd')
  const progress = (
    ...more: Parameters<typeof taskProgress> extends [unknown, ...infer Rest] ? Rest : never
  ) => hostAfter(1, [taskStart(task), taskProgress(task, ...more)]).running[0]?.progress
  assert.is(progress('waiting', '1 of 3 members'), 'waiting: 1 of 3 members')
  assert.is(progress('reconnecting'), 'reconnecting')
  assert.is(progress('applying'), undefined)
})
