/** The invariants detect faults in what a run predicts, prints and skips. */
import * as assert from 'uvu/assert'
import { suite } from '../support/spec.ts'
import { changed, quiet, recipe, seenIn, task, usual } from './altered.ts'
import { password } from './world/protocol.ts'

const test = suite('invariants of the simulation')

test('a change under --check, and one that was not predicted', async () => {
  const history = await quiet()
  const acting = changed(history, (moment) =>
    moment.kind === 'effect' && moment.effect.run === 'calm1'
      ? [{ ...moment, effect: { ...moment.effect, run: 'predicts' } }]
      : [moment],
  )
  assert.ok(seenIn(acting).includes('checks'))
  const wrongly = changed(history, (moment) =>
    moment.kind === 'event' && moment.run === 'predicts' && moment.event.type === 'task-end'
      ? [{ ...moment, event: { ...moment.event, outcome: 'ok' } }]
      : [moment],
  )
  assert.ok(seenIn(wrongly).includes('checks'))
})

test('a line of output that is lost, and one that is cut and continues', async () => {
  const history = await quiet(recipe([task('p0t1', { does: 'act', says: 20 })]))
  let count = 0
  const short = changed(history, (moment) =>
    moment.kind === 'event' && moment.event.type === 'task-output' && (count += 1) === 3 ? [] : [moment],
  )
  assert.equal(seenIn(short), ['output'])
  count = 0
  const cut = changed(history, (moment) =>
    moment.kind === 'event' && moment.event.type === 'task-output' && (count += 1) === 3
      ? [{ ...moment, event: { ...moment.event, line: moment.event.line.slice(0, 4) } }]
      : [moment],
  )
  assert.equal(seenIn(cut), ['output'])
})

test('a password in an event', async () => {
  const history = await quiet()
  const open = changed(history, (moment) =>
    moment.kind === 'event' && moment.event.type === 'play-end'
      ? [{ ...moment, event: { ...moment.event, note: `it is ${password}` } }]
      : [moment],
  )
  assert.equal(seenIn(open), ['secrets'])
})

test('a task with `once` that changes two hosts', async () => {
  const history = await quiet(recipe([task('p0t1', { does: 'act', oncePer: 'run' })]))
  const twice = changed(history, (moment) =>
    moment.kind === 'effect'
      ? [moment, { ...moment, effect: { ...moment.effect, host: moment.effect.host === 'a' ? 'b' : 'a' } }]
      : [moment],
  )
  assert.ok(seenIn(twice).includes('once'))
})

test('a condition that is ignored', async () => {
  const history = await quiet(
    recipe([task('p0t1', { does: 'act' }), task('p0t2', { does: 'act', after: 'p0t1' })]),
  )
  const skipping = changed(history, (moment) =>
    moment.kind === 'event' && moment.event.type === 'task-end' && /p0t2/.test(moment.event.task.title)
      ? [{ ...moment, event: { ...moment.event, outcome: 'skipped' } }]
      : [moment],
  )
  assert.ok(seenIn(skipping).includes('conditions'))
})

test('a task that cannot know what it did, and is repeated', async () => {
  const history = await quiet(usual)
  const again = changed(history, (moment) =>
    moment.kind === 'event' && moment.event.type === 'task-progress'
      ? [
          moment,
          {
            ...moment,
            event: { ...moment.event, what: 'retrying', why: 'the connection was lost during the task' },
          },
        ]
      : [moment],
  )
  assert.equal(seenIn(again), ['applied once'])
})

test('a task that runs on another host than it names, or as another user', async () => {
  const history = await quiet(recipe([task('p0t1', { on: 'b', user: 'app' })]))
  const elsewhere = changed(history, (moment) =>
    moment.kind === 'effect' ? [{ ...moment, effect: { ...moment.effect, host: 'a' } }] : [moment],
  )
  assert.ok(seenIn(elsewhere).includes('places'))
  const otherwise = changed(history, (moment) =>
    moment.kind === 'effect' ? [{ ...moment, effect: { ...moment.effect, user: 'db' } }] : [moment],
  )
  assert.equal(seenIn(otherwise), ['places'])
})

test('two runs with the same number', async () => {
  const history = await quiet()
  const [first = 0] = history.numbers
  assert.equal(seenIn({ ...history, numbers: [...history.numbers, first] }), ['numbers'])
})

test('a handler that runs only in the second undisturbed run, and a password that is given again', async () => {
  const history = await quiet(
    recipe([task('p0t1', { does: 'hold', notify: ['p0h0'] })], { handlers: ['p0h0'] }),
  )
  const [, second = ''] = history.calm
  const late = history.moments.flatMap((moment) =>
    moment.kind === 'effect' && moment.effect.key.startsWith('p0h0') ? [moment] : [],
  )
  assert.ok(late.length > 0)
  const delayed = {
    ...history,
    moments: history.moments.flatMap((moment) => {
      if (moment.kind === 'effect' && moment.effect.key.startsWith('p0h0')) return []
      return moment.kind === 'over' && moment.run === second ? [...late, moment] : [moment]
    }),
  }
  assert.ok(seenIn(delayed).includes('handlers'))
  assert.equal(seenIn({ ...history, guesses: ['a run1'] }), ['guesses'])
})
