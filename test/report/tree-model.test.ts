import * as assert from 'uvu/assert'
import { afterOutput, stateOf } from '../../engine/report/tree-model.ts'
import type { TreeHost } from '../../engine/report/tree-model.ts'
import { suite } from '../support/spec.ts'
import { commandFailed, taskEnd, taskOutput, taskProgress, taskRef, taskStart } from './run-events.ts'
import { playAfter } from './tree-play.ts'

const test = suite('what the tree knows')

const hostAfter = (tasks: number, events: Parameters<typeof playAfter>[2], keep = false): TreeHost => {
  const [host] = playAfter(['m1'], tasks, events, keep).hosts
  if (host === undefined) throw new Error('the play has no host')
  return host
}

test('a host waits, works, rests between tasks, and is done', () => {
  const [first, second] = [taskRef('m1', 'first'), taskRef('m1', 'second')]
  const events = [taskStart(first), taskEnd(first, 'ok'), taskStart(second), taskEnd(second, 'changed')]
  assert.is(stateOf(hostAfter(2, [])), 'waiting')
  assert.is(stateOf(hostAfter(2, events.slice(0, 1))), 'running')
  assert.is(stateOf(hostAfter(2, events.slice(0, 2))), 'running')
  assert.is(stateOf(hostAfter(2, events)), 'done')
})

test('a host without tasks is done at once', () => assert.is(stateOf(hostAfter(0, [])), 'done'))

test('a handler makes a host work again, and is not counted among its tasks', () => {
  const task = taskRef('m1', 'first')
  const handler = taskRef('m1', 'restart', { role: 'handler' })
  const begun = [taskStart(task), taskEnd(task, 'changed'), taskStart(handler)]
  assert.is(stateOf(hostAfter(1, begun)), 'running')
  const host = hostAfter(1, [...begun, taskEnd(handler, 'changed')])
  assert.is(stateOf(host), 'done')
  assert.is(host.ended, 1)
  assert.is(host.counts.changed, 2)
})

test('a failure is what counts, whatever else was done', () => {
  const task = taskRef('m1', 'first')
  assert.is(stateOf(hostAfter(1, [taskStart(task), taskEnd(task, 'failed')])), 'failed')
  assert.is(stateOf(hostAfter(1, [taskStart(task), taskEnd(task, 'unreachable')])), 'failed')
})

test('what is ok or skipped is not told, the rest is', () => {
  const told = (['ok', 'skipped', 'changed', 'would change', 'unknown', 'failed'] as const).map((outcome) =>
    taskEnd(taskRef('m1', outcome), outcome, { error: outcome === 'failed' ? commandFailed() : undefined }),
  )
  assert.equal(
    hostAfter(6, told).told.map(({ title }) => title),
    ['changed', 'would change', 'unknown', 'failed'],
  )
})

test('of the output the last lines are shown; it is kept only when asked for, or when the task speaks', () => {
  const task = taskRef('m1', 'list')
  const lines = ['1', '2', '3', '4'].map((line) => taskOutput(task, line))
  const events = [taskStart(task), ...lines, taskOutput(task, 'done so', 'log')]
  assert.equal(hostAfter(1, events).current?.output, ['3', '4', 'done so'])
  assert.equal(hostAfter(1, events).current?.kept, ['done so'])
  assert.equal(hostAfter(1, events, true).current?.kept, ['1', '2', '3', '4', 'done so'])
  const [told] = hostAfter(1, [...events, taskEnd(task, 'ok')]).told
  assert.equal(told?.kept, ['done so'])
})

test('output that comes after its task has ended is left out', () => {
  const task = taskRef('m1', 'list')
  const host = hostAfter(1, [taskStart(task), taskEnd(task, 'ok')])
  assert.is(afterOutput(host, taskOutput(task, 'late'), true), host)
})

test('it knows what a task waits for', () => {
  const task = taskRef('m1', 'etcd')
  const progress = (
    ...more: Parameters<typeof taskProgress> extends [unknown, ...infer Rest] ? Rest : never
  ) => hostAfter(1, [taskStart(task), taskProgress(task, ...more)]).current?.progress
  assert.is(progress('waiting', '1 of 3 members'), 'waiting: 1 of 3 members')
  assert.is(progress('reconnecting'), 'reconnecting')
  assert.is(progress('applying'), undefined)
})
