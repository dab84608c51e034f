import * as assert from 'uvu/assert'
import { everyTask } from '../../../engine/run/plan/choose-tasks.ts'
import { block, parallel } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import type { PlayMaker, Play } from '../../../engine/dsl/play.ts'
import type { RunEvent } from '../../../engine/run/events.ts'
import { collectPast } from '../../../engine/run/journal/past.ts'
import type { Past } from '../../../engine/run/journal/past.ts'
import type { Signature } from '../../../engine/run/journal/signature.ts'
import type { Plan } from '../../../engine/run/plan/plan.ts'
import { resumed } from '../../../engine/run/journal/resume.ts'
import type { Script } from '../../../engine/connection/scripted.ts'
import { suite } from '../../support/spec.ts'
import { prepare, run, say } from '../site.ts'
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

/** What a task is made of, as far as these tests change it. */
const signatureOf = (title: string): Signature => ({
  definition: 'say',
  parameters: title,
  settings: '',
  variables: '',
  program: '',
})

const pastOf = (events: readonly RunEvent[], sign = signatureOf): Past => {
  const { see, sign: learn, past } = collectPast()
  for (const event of events) {
    if (event.type === 'task-end') {
      const { play, host, position, name, title } = event.task
      learn({ play, host, position, name, ...sign(title) })
    }
    see(event)
  }
  return past
}

/** Goes on after runs whose events are given, on hosts where nothing fails any more. */
const goOn = (plays: Plays, before: readonly RunEvent[], site: Site = {}): Promise<Outcome> => {
  const past = pastOf(before)
  const choose = (plan: Plan): Plan =>
    resumed(plan, past, none, (_, { task }) => signatureOf(task.title)).plan
  return run(plays, { hosts: failing(), choose, ...site })
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

/** What is left to do, and done again, when the signatures of some tasks were others before. */
const left = (plays: Plays, events: readonly RunEvent[], sign: (title: string) => Signature) => {
  const { plan } = prepare(plays, { hosts: failing() })
  const { plan: rest, again } = resumed(plan, pastOf(events, sign), none, (_, { task }) =>
    signatureOf(task.title),
  )
  return {
    titles: everyTask(rest).map(({ planned: { task } }) => task.title),
    again: again.map(({ host, title, why }) => `${host} ${title}: ${why}`),
  }
}

test('a task runs again when anything that it is made of was another, and it is told why', async () => {
  const plays = steps(hi('1'), hi('2'), hi('3'))
  const { events } = await run(plays, { hosts: failing('3') })
  const reasons = {
    definition: 'its definition has changed',
    parameters: 'its parameters have changed',
    settings: 'where or as whom it runs has changed',
    variables: 'variables of the host have changed',
  }
  for (const [part, why] of Object.entries(reasons))
    assert.equal(
      left(plays, events, (title) => ({ ...signatureOf(title), ...(title === '2' && { [part]: 'other' }) })),
      { titles: ['2', '3'], again: [`a 2: ${why}`] },
    )
})

test('a task of which it is not recorded what it was made of runs again', async () => {
  const plays = steps(hi('1'), hi('2'))
  const { events } = await run(plays, { hosts: failing('2') })
  const { see, past } = collectPast()
  for (const event of events) see(event)
  const { plan } = prepare(plays, { hosts: failing() })
  const { again } = resumed(plan, past, none, (_, { task }) => signatureOf(task.title))
  assert.equal(again, [{ host: 'a', title: '1', why: 'what it was made of is not recorded' }])
})

test('a task that is new, or was never begun, runs, though its host came through the play', async () => {
  const { events } = await run(steps(hi('1')), { hosts: failing() })
  const { story } = await goOn(steps(hi('1'), hi('2')), events)
  assert.equal(story, ['a 2 changed'])
})

test('a block that a rescue has repaired is tried again when one of its tasks was corrected', async () => {
  const plays = steps(block([hi('1'), hi('2')], { rescue: [hi('repair')] }), hi('after'))
  const { events } = await run(plays, { hosts: failing('2', 'after') })
  const altered = (changed: string) => (title: string) => signatureOf(title === changed ? 'before' : title)
  assert.equal(left(plays, events, signatureOf).titles, ['after'])
  assert.equal(left(plays, events, altered('2')).titles, ['2', 'repair', 'after'])
  assert.equal(left(plays, events, altered('1')).titles, ['1', '2', 'repair', 'after'])
})
