/** A sample of seeds; `npm run simulate` runs more. Also tests that the invariants detect faults. */
import * as assert from 'uvu/assert'
import { suite } from '../support/spec.ts'
import { changed, quiet, recipe, seenIn, task, usual } from './altered.ts'
import { simulate } from './simulate.ts'
import type { Moment } from './timeline.ts'

const test = suite('simulation')

const isChange = (moment: Moment, key: RegExp): boolean =>
  moment.kind === 'effect' && moment.effect.verb !== 'get' && key.test(moment.effect.key)

test('a sample of seeds', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const { wrong } = await simulate(seed)
    assert.equal(wrong, [], `seed ${seed}: npm run simulate -- --seed ${seed}`)
  }
})

test('the same seed gives the same run', async () => {
  for (const seed of [3, 67]) {
    const [one, other] = [await simulate(seed), await simulate(seed)]
    assert.is(one.events.join('\n'), other.events.join('\n'))
    assert.is(one.log.join('\n'), other.log.join('\n'))
  }
})

test('a host that reports a change that did not happen', async () => {
  const { wrong } = await simulate(1, {
    faults: false,
    recipe: usual,
    prepare: ({ hosts }) => hosts.forEach(({ temper }) => (temper.forgets = 1)),
  })
  assert.match(
    wrong.join('\n'),
    /truth: p0t1.0.a on a was reported changed \(run1\), and nothing was changed/,
  )
})

test('a change that is made twice', async () => {
  const history = await quiet()
  assert.equal(
    seenIn(changed(history, (moment) => (isChange(moment, /p0t1/) ? [moment, moment] : [moment]))),
    ['applied once'],
  )
})

test('a change whose task has ended, while another is running', async () => {
  const history = await quiet()
  const late = history.moments.filter((moment) => isChange(moment, /p0t1\.0\.a/)).slice(0, 1)
  const moved = changed(history, (moment) => {
    if (late.includes(moment)) return []
    const first = isChange(moment, /p0t2\.0\.a/) && moment.kind === 'effect' && moment.effect.run === 'run1'
    return first ? [moment, ...late] : [moment]
  })
  assert.ok(seenIn(moved).includes('order'))
})

test('a handler that never ran', async () => {
  const history = await quiet()
  assert.equal(seenIn(changed(history, (moment) => (isChange(moment, /p0h0/) ? [] : [moment]))), [
    'handlers',
    'truth',
  ])
})

test('a handler that was recorded as due, and is lost', async () => {
  const history = await quiet()
  const lost = changed(history, (moment) => {
    if (isChange(moment, /p0h0/)) return []
    const ends = moment.kind === 'event' && moment.event.type === 'run-end'
    return ends ? [{ ...moment, event: { ...moment.event, due: { a: ['p0h0'] } } }] : [moment]
  })
  assert.ok(seenIn({ ...lost, remembered: false }).includes('promises'))
})

test('a batch that starts before the previous one has ended', async () => {
  const history = await quiet(recipe([task('p0t1')], { serial: [1] }))
  const hurried = changed(history, (moment) =>
    moment.kind === 'event' && moment.event.type === 'host-end' ? [] : [moment],
  )
  assert.equal(seenIn(hurried), ['limits'])
})

test('a batch that starts although too many hosts failed', async () => {
  const history = await quiet(recipe([task('p0t1')], { serial: [1] }))
  const failing = changed(history, (moment) =>
    moment.kind === 'event' && moment.event.type === 'host-end' && moment.event.host === 'a'
      ? [{ ...moment, event: { ...moment.event, standing: 'failed' } }]
      : [moment],
  )
  assert.equal(seenIn(failing), ['limits'])
})

test('a change while another run has the lock, and a lock that outlives its run', async () => {
  const history = await quiet()
  const beside = changed(history, (moment) =>
    moment.kind === 'effect' ? [{ ...moment, others: ['rival'] }] : [moment],
  )
  assert.equal(seenIn(beside), ['locks'])
  assert.equal(seenIn({ ...history, locks: ['a run1'] }), ['locks'])
})

test('a recap without one of the tasks', async () => {
  const history = await quiet()
  let left = 1
  const short = changed(history, (moment) => {
    const ends = moment.kind === 'event' && moment.event.type === 'task-end'
    return ends && (left -= 1) === 0 ? [moment, moment] : [moment]
  })
  assert.ok(seenIn(short).includes('recap'))
})

test('a run that never ends, and a task that starts after Ctrl-C', async () => {
  const history = await quiet()
  const over: Moment = { kind: 'over', time: 0, run: 'run1', how: 'hung' }
  assert.equal(seenIn({ ...history, moments: [...history.moments, over] }), ['ending'])
  const fault: Moment = { kind: 'fault', time: 0, text: 'Ctrl-C', run: 'run1' }
  assert.equal(seenIn({ ...history, moments: [fault, ...history.moments] }), ['interrupt'])
})

test('seeds that found a fault', async () => {
  const found = {
    7: 'what is done once was done by a second host, after the first had answered nonsense',
    77: 'a line that was cut off was joined with the first one of the next attempt',
  }
  for (const [seed, what] of Object.entries(found)) {
    const { wrong } = await simulate(Number(seed))
    assert.equal(wrong, [], `seed ${seed}: ${what}`)
  }
})
