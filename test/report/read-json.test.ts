import * as assert from 'uvu/assert'
import { cardStates } from '../../engine/dsl/cards.ts'
import * as fc from 'fast-check'
import { errorCodes } from '../../engine/error-codes.ts'
import { jsonReporter } from '../../engine/report/json.ts'
import { eventOf } from '../../engine/report/read-json.ts'
import { noOutcomes } from '../../engine/run/events.ts'
import type { Outcome, RunEvent } from '../../engine/run/events.ts'
import { suite } from '../support/spec.ts'
import { commandFailed, runStart, taskEnd, taskRef, written } from './run-events.ts'

const test = suite('events read back from JSON')

const parsed = (event: RunEvent): Record<string, unknown> => JSON.parse(written(jsonReporter, [event]))

const text = fc.string({ unit: 'grapheme' })
// a key such as __proto__ is not the name of a host
const name = text.map((word) => `n${word}`)
const texts = fc.array(text, { maxLength: 3 })
const names = fc.array(name, { maxLength: 3 })
const count = fc.nat()
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })
const isOutcome = (word: string): word is Outcome => word in noOutcomes()
const outcomes = Object.keys(noOutcomes()).filter(isOutcome)
const seconds = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })

const place = fc.record({ file: text, line: count, column: count, excerpt: text }, { requiredKeys: ['file'] })
const error = fc.record({
  code: fc.constantFrom(...errorCodes),
  message: text,
  hint: text,
  host: maybe(text),
  task: maybe(text),
  place: maybe(place),
  output: maybe(text),
  causes: texts,
  stack: fc.constant(undefined),
})
const task = fc.record({
  id: count,
  host: text,
  play: count,
  position: count,
  name: text,
  title: text,
  role: fc.constantFrom('task' as const, 'rescue' as const, 'always' as const, 'handler' as const),
  handler: maybe(text),
  on: maybe(text),
})
const counts = fc.array(count, { minLength: 9, maxLength: 9 }).map((numbers) => {
  const all = noOutcomes()
  for (const [index, outcome] of outcomes.entries()) all[outcome] = numbers[index] ?? 0
  return all
})

const kinds: { readonly [Kind in RunEvent['type']]: fc.Arbitrary<Extract<RunEvent, { type: Kind }>> } = {
  'run-start': fc.record({
    type: fc.constant('run-start' as const),
    time: count,
    playbook: text,
    check: fc.boolean(),
    hosts: texts,
    plays: texts,
    invocation: maybe(fc.record({ version: text, inventory: texts, command: texts })),
  }),
  'play-start': fc.record({
    type: fc.constant('play-start' as const),
    time: count,
    play: count,
    name: text,
    hosts: texts,
    tasks: fc.dictionary(name, count),
    note: maybe(text),
  }),
  'tasks-added': fc.record({
    type: fc.constant('tasks-added' as const),
    time: count,
    play: count,
    host: text,
    tasks: count,
  }),
  'task-start': fc.record({ type: fc.constant('task-start' as const), time: count, task }),
  'task-output': fc.record({
    type: fc.constant('task-output' as const),
    time: count,
    task,
    stream: fc.constantFrom('stdout' as const, 'stderr' as const, 'log' as const),
    line: text,
    dropped: maybe(fc.record({ lines: count, bytes: count })),
  }),
  'task-progress': fc.record({
    type: fc.constant('task-progress' as const),
    time: count,
    task,
    what: fc.constantFrom(
      'waiting' as const,
      'applying' as const,
      'reconnecting' as const,
      'retrying' as const,
    ),
    why: maybe(text),
  }),
  'task-transfer': fc.record({
    type: fc.constant('task-transfer' as const),
    time: count,
    task,
    path: text,
    bytes: count,
    size: count,
  }),
  'task-end': fc.record(
    {
      type: fc.constant('task-end' as const),
      time: count,
      task,
      outcome: fc.constantFrom(...outcomes),
      changes: fc.array(fc.record({ what: text, from: maybe(text), to: maybe(text) }), { maxLength: 3 }),
      why: maybe(text),
      error: maybe(error),
      value: fc.constantFrom('x', 1, [null], { key: ['text'] }),
      cards: fc.array(
        fc.record({
          title: text,
          cards: fc.array(
            fc.record({
              title: text,
              state: fc.constantFrom(...cardStates),
              lines: fc.array(fc.record({ label: text, text }), { maxLength: 2 }),
              notes: texts,
            }),
            { maxLength: 2 },
          ),
        }),
        { maxLength: 2 },
      ),
      seconds,
    },
    { requiredKeys: ['type', 'time', 'task', 'outcome', 'changes', 'why', 'error', 'seconds'] },
  ),
  'handlers-due': fc.record({
    type: fc.constant('handlers-due' as const),
    time: count,
    task,
    handlers: texts,
  }),
  'host-end': fc.record({
    type: fc.constant('host-end' as const),
    time: count,
    play: count,
    host: text,
    standing: fc.constantFrom('well' as const, 'failed' as const, 'unreachable' as const, 'stopped' as const),
  }),
  'play-end': fc.record({
    type: fc.constant('play-end' as const),
    time: count,
    play: count,
    failed: texts,
    note: maybe(text),
  }),
  'run-end': fc.record({
    type: fc.constant('run-end' as const),
    time: count,
    recap: fc.array(fc.record({ host: text, counts }), { maxLength: 3 }),
    stopped: maybe(error),
    notRun: texts,
    due: fc.dictionary(name, names),
    forgotten: fc.dictionary(name, names),
    seconds,
  }),
}

/** fast-check makes dictionaries without a prototype, JSON makes plain objects: here they are equal. */
const plain = (event: RunEvent): unknown => structuredClone(event)

for (const [kind, events] of Object.entries(kinds)) {
  test(`${kind} is read back unchanged`, () =>
    fc.assert(fc.property(events, (event: RunEvent) => assert.equal(eventOf(parsed(event)), plain(event)))))
}

test('only stack traces are lost', () => {
  const event = taskEnd(taskRef('m1', 'x'), 'failed', { error: commandFailed() })
  assert.equal(eventOf(parsed(event)), { ...event, error: commandFailed({ stack: undefined }) })
})

test('anything but an event is undefined', () => {
  const other = [undefined, null, 7, 'text', [], {}, { type: 'run-start' }, { type: 'lunch', time: 1 }]
  for (const line of other) assert.is(eventOf(line), undefined)
})

test('another format is undefined', () => assert.is(eventOf({ ...parsed(runStart()), format: 3 }), undefined))

test('new fields are ignored, and a new error code keeps its message', () => {
  const event = taskEnd(taskRef('m1', 'x'), 'failed', { error: commandFailed() })
  const line = parsed(event)
  const fields = typeof line['error'] === 'object' ? line['error'] : {}
  const read = eventOf({ ...line, mood: 'good', error: { ...fields, code: 'of-tomorrow' } })
  assert.equal(read, { ...event, error: commandFailed({ code: 'internal', stack: undefined }) })
})
