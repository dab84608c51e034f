import * as assert from 'uvu/assert'
import { jsonReporter } from '../../engine/report/json.ts'
import { noOutcomes } from '../../engine/run/events.ts'
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
  written,
} from './run-events.ts'

const test = suite('events as JSON')

const fieldsOf = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const names: string[] = []
  for (const [key, inner] of Object.entries(value)) {
    names.push(key, ...fieldsOf(inner).map((name) => `${key}.${name}`))
  }
  return names
}

const parsed = (event: Parameters<typeof written>[1][number]): unknown =>
  JSON.parse(written(jsonReporter, [event]))

/** The names of the fields that only this type of event has. */
const top = (event: Parameters<typeof parsed>[0]): string[] =>
  fieldsOf(parsed(event)).filter((name) => !name.includes('.'))

test('every event is one line', () => {
  const task = taskRef('m1', 'two\nlines')
  const events = [
    runStart(),
    playStart(),
    taskStart(task),
    taskOutput(task, 'a\u2028b\x1b[31m'),
    taskProgress(task, 'waiting', 'not yet'),
    taskEnd(task, 'ok'),
    playEnd(),
    runEnd(),
  ]
  const lines = written(jsonReporter, events).split('\n')
  assert.is(lines.pop(), '')
  const types = lines.map((line) => {
    const { type }: { type: unknown } = JSON.parse(line)
    return type
  })
  assert.equal(
    types,
    events.map(({ type }) => type),
  )
})

test('the output of a task is unchanged', () => {
  const task = taskRef('m1', 'list', { id: 7 })
  assert.equal(parsed(taskOutput(task, '\x1b[31mred', 'stderr')), {
    type: 'task-output',
    time: 1_000_000,
    task: {
      id: 7,
      host: 'm1',
      play: 0,
      position: 0,
      name: 'sysctl',
      title: 'list',
      role: 'task',
      handler: null,
      on: null,
    },
    stream: 'stderr',
    line: '\x1b[31mred',
    dropped: null,
  })
})

test('the end of a task has every field, null if there is no value', () => {
  const task = taskRef('m1', 'ip_forward', { id: 7 })
  assert.equal(parsed(taskEnd(task, 'changed', { changes: [{ what: 'x', from: undefined, to: '1' }] })), {
    type: 'task-end',
    time: 1_000_000,
    task: {
      id: 7,
      host: 'm1',
      play: 0,
      position: 0,
      name: 'sysctl',
      title: 'ip_forward',
      role: 'task',
      handler: null,
      on: null,
    },
    outcome: 'changed',
    changes: [{ what: 'x', from: null, to: '1' }],
    why: null,
    error: null,
    seconds: 0.23,
  })
})

test('a value is left out if its JSON is longer than 1 MiB', () => {
  const task = taskRef('m1', 'facts')
  const shown = (value: unknown) => fieldsOf(parsed({ ...taskEnd(task, 'ok'), value })).includes('value')
  // a quote at each end
  const limit = 1024 * 1024 - 2
  assert.equal([shown('x'), shown('x'.repeat(limit)), shown('x'.repeat(limit + 1))], [true, true, false])
  assert.equal([shown('é'.repeat(limit / 2 + 1)), shown(null)], [false, true])
})

test('cards are left out if their JSON is longer than 1 MiB', () => {
  const task = taskRef('m1', 'facts')
  const shown = (title: string) =>
    fieldsOf(parsed({ ...taskEnd(task, 'ok'), cards: [{ title, cards: [] }] })).includes('cards')
  assert.equal([shown('x'), shown('x'.repeat(1024 * 1024))], [true, false])
})

test('a line contains no control characters or line breaks', () => {
  const json = written(jsonReporter, [taskOutput(taskRef('m1', 'list'), '\x1b[31m\u009b31m\u2028')])
  assert.match(json, '"line":"\\u001b[31m\\u009b31m\\u2028"')
})

test('notes are ignored', () => {
  const { options, text } = paper()
  jsonReporter(options).note('interrupted')
  assert.is(text(), '')
})

test('an error has every field', () => {
  const error = commandFailed({ place: { file: 'site.yaml', line: 3 } })
  assert.equal(
    fieldsOf(parsed(taskEnd(taskRef('m1', 'x'), 'failed', { error }))).filter((name) =>
      name.startsWith('error'),
    ),
    [
      'error',
      'error.code',
      'error.message',
      'error.hint',
      'error.host',
      'error.task',
      'error.place',
      'error.place.file',
      'error.place.line',
      'error.place.column',
      'error.place.excerpt',
      'error.output',
      'error.causes',
    ],
  )
})

test('the fields of the other events', () => {
  const task = taskRef('m1', 'x')
  assert.equal(top(runStart()), [
    'type',
    'time',
    'format',
    'playbook',
    'check',
    'hosts',
    'plays',
    'invocation',
  ])
  assert.equal(top(playStart()), ['type', 'time', 'play', 'name', 'hosts', 'tasks', 'note'])
  assert.equal(top(taskStart(task)), ['type', 'time', 'task'])
  assert.equal(top(taskProgress(task, 'waiting')), ['type', 'time', 'task', 'what', 'why'])
  assert.equal(top(playEnd()), ['type', 'time', 'play', 'failed', 'note'])
  assert.equal(top(runEnd()), ['type', 'time', 'recap', 'stopped', 'notRun', 'due', 'forgotten', 'seconds'])
})

test('the end of a run', () =>
  assert.equal(parsed(runEnd({ recap: [recapOf('m1', { ok: 2 })], notRun: ['join'] })), {
    type: 'run-end',
    time: 1_000_000,
    recap: [
      {
        host: 'm1',
        counts: { ...noOutcomes(), ok: 2 },
      },
    ],
    stopped: null,
    notRun: ['join'],
    due: {},
    forgotten: {},
    seconds: 1.5,
  }))
