import * as assert from 'uvu/assert'
import { block, parallel } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import type { PlayMaker, Play } from '../../../engine/dsl/play.ts'
import type { RunEvent } from '../../../engine/run/events.ts'
import { collectPast } from '../../../engine/run/journal/past.ts'
import { resumed } from '../../../engine/run/journal/resume.ts'
import type { Script } from '../../../engine/connection/scripted.ts'
import { suite } from '../../support/spec.ts'
import { run, say } from '../site.ts'
import type { Outcome, Site } from '../site.ts'

const test = suite('resume')

type Plays = (play: PlayMaker<Record<string, unknown>>) => readonly Play<Record<string, unknown>>[]

/** A host on which some words fail. */
const failing = (...words: string[]): Readonly<Record<string, Script>> => ({
  a: {
    replies: [
      [new RegExp(`^say (${['-', ...words].join('|')})$`), { code: 1, stderr: 'no' }],
      [/^say /, ''],
    ],
  },
})
const hi = (text: string): Step => say({ text })
const steps =
  (...list: Step[]): Plays =>
  (play) => [play('p', { hosts: 'all', tasks: () => list })]

const none = (): readonly string[] => []

/** Goes on after runs whose events are given, on hosts where nothing fails any more. */
const goOn = (plays: Plays, before: readonly RunEvent[], site: Site = {}): Promise<Outcome> => {
  const { see, past } = collectPast()
  for (const event of before) see(event)
  return run(plays, { hosts: failing(), choose: (plan) => resumed(plan, past, none), ...site })
}

/** The story of a first run with failures, and that of the run that goes on with it. */
const both = async (plays: Plays, ...words: string[]): Promise<[string[], string[]]> => {
  const first = await run(plays, { hosts: failing(...words) })
  return [first.story, (await goOn(plays, first.events)).story]
}

test('it goes on with the task that failed, and those behind it', async () => {
  assert.equal(await both(steps(hi('1'), hi('2'), hi('3')), '2'), [
    ['a 1 changed', 'a 2 failed'],
    ['a 2 changed', 'a 3 changed'],
  ])
})

test('each host goes on by itself, and plays that were not begun begin', async () => {
  const plays: Plays = (play) => [
    play('one', { hosts: 'all', tasks: () => [hi('1'), hi('2')] }),
    play('two', { hosts: 'all', tasks: () => [hi('3')] }),
  ]
  const well = { replies: [[/^say /, '']] } as const
  const first = await run(plays, { hosts: { ...failing('2'), b: well } })
  assert.equal(first.story.toSorted(), ['a 1 changed', 'a 2 failed', 'b 1 changed', 'b 2 changed'])
  const { story, events } = await goOn(plays, first.events, { hosts: { ...failing(), b: well } })
  assert.equal(story, ['a 2 changed', 'a 3 changed', 'b 3 changed'])
  const starts = events.flatMap((event) => (event.type === 'play-start' ? [event.hosts] : []))
  assert.equal(starts, [['a'], ['a', 'b']])
})

test('a run that was killed goes on behind the last task that it told of', async () => {
  const plays = steps(hi('1'), hi('2'), hi('3'))
  const { events } = await run(plays, { hosts: failing() })
  const second = events.findIndex(({ type }, at) => type === 'task-start' && at > 4)
  const { story } = await goOn(plays, events.slice(0, second))
  assert.equal(story, ['a 2 changed', 'a 3 changed'])
})

test('a resumed run can be resumed', async () => {
  const plays = steps(hi('1'), hi('2'), hi('3'))
  const first = await run(plays, { hosts: failing('2') })
  const second = await goOn(plays, first.events, { hosts: failing('3') })
  assert.equal(second.story, ['a 2 changed', 'a 3 failed'])
  const third = await goOn(plays, [...first.events, ...second.events])
  assert.equal(third.story, ['a 3 changed'])
})

test('what does not match the last run runs again: another task, another title, another play', async () => {
  const first = await run(steps(hi('1'), hi('2'), hi('3')), { hosts: failing('3') })
  const changed = await goOn(steps(hi('1'), hi('other'), hi('3')), first.events)
  assert.equal(changed.story, ['a other changed', 'a 3 changed'])
  const renamed: Plays = (play) => [play('q', { hosts: 'all', tasks: () => [hi('1'), hi('2'), hi('3')] })]
  assert.is((await goOn(renamed, first.events)).story.length, 3)
})

test('a block that failed goes on, and its always runs again', async () => {
  const plays = steps(block([hi('1'), hi('2'), hi('3')], { always: [hi('tidy')] }), hi('after'))
  assert.equal(await both(plays, '2'), [
    ['a 1 changed', 'a 2 failed', 'a tidy changed'],
    ['a 2 changed', 'a 3 changed', 'a tidy changed', 'a after changed'],
  ])
})

test('what a rescue has mended is not tried again, nor what it passed over', async () => {
  const plays = steps(block([hi('1'), hi('2'), hi('3')], { rescue: [hi('mend')] }), hi('after'))
  assert.equal(await both(plays, '2', 'after'), [
    ['a 1 changed', 'a 2 rescued', 'a mend changed', 'a after failed'],
    ['a after changed'],
  ])
})

test('a rescue that failed is no end: the block goes on where it had failed, its rescue whole again', async () => {
  const plays = steps(block([hi('1'), hi('2'), hi('3')], { rescue: [hi('mend'), hi('more')] }))
  assert.equal(await both(plays, '2', 'more'), [
    ['a 1 changed', 'a 2 rescued', 'a mend changed', 'a more failed'],
    ['a 2 changed', 'a 3 changed'],
  ])
})

test('of tasks side by side only those run again that failed', async () => {
  const [, story] = await both(steps(parallel([hi('1'), hi('2'), hi('3')]), hi('4')), '2')
  assert.equal(story, ['a 2 changed', 'a 4 changed'])
})

test('a condition on the outcome of a task that is done knows that outcome', async () => {
  const plays: Plays = (play) => [
    play('p', {
      hosts: 'all',
      // made anew for each plan, as any playbook makes them
      tasks: () => {
        const first = say({ text: '1' })
        return [first, hi('2'), say({ text: '3' }, { when: ({ changed }) => changed(first) })]
      },
    }),
  ]
  assert.equal((await both(plays, '2'))[1], ['a 2 changed', 'a 3 changed'])
})
