import * as assert from 'uvu/assert'
import { z } from 'zod'
import { everyTask } from '../../../engine/run/plan/choose-tasks.ts'
import { given } from '../../../engine/dsl/given.ts'
import { block, parallel } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { ok } from '../../../engine/dsl/verdict.ts'
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

/** A host on which some tasks fail. */
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

/** The signature of a task, as far as these tests change it. */
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

/** Resumes runs with these events, on hosts where nothing fails. */
const goOn = (plays: Plays, before: readonly RunEvent[], site: Site = {}): Promise<Outcome> => {
  const past = pastOf(before)
  const choose = (plan: Plan): Plan =>
    resumed(plan, past, none, (_, { task }) => signatureOf(task.title)).plan
  return run(plays, { hosts: failing(), choose, ...site })
}

/** The outcomes of a first run with failures, and of the run that resumes it. */
const both = async (plays: Plays, ...words: string[]): Promise<[string[], string[]]> => {
  const first = await run(plays, { hosts: failing(...words) })
  return [first.story, (await goOn(plays, first.events)).story]
}

test('it continues with the failed task and the later ones', async () => {
  assert.equal(await both(steps(hi('1'), hi('2'), hi('3')), '2'), [
    ['a 1 changed', 'a 2 failed'],
    ['a 2 changed', 'a 3 changed'],
  ])
})

test('each host continues on its own, and plays that did not start run', async () => {
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

test('a killed run continues after the last task that it recorded', async () => {
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

test('tasks that do not match the last run run again: another task, another title, another play', async () => {
  const first = await run(steps(hi('1'), hi('2'), hi('3')), { hosts: failing('3') })
  const changed = await goOn(steps(hi('1'), hi('other'), hi('3')), first.events)
  assert.equal(changed.story, ['a other changed', 'a 3 changed'])
  const renamed: Plays = (play) => [play('q', { hosts: 'all', tasks: () => [hi('1'), hi('2'), hi('3')] })]
  assert.is((await goOn(renamed, first.events)).story.length, 3)
})

test('a failed block continues, and its always runs again', async () => {
  const plays = steps(block([hi('1'), hi('2'), hi('3')], { always: [hi('tidy')] }), hi('after'))
  assert.equal(await both(plays, '2'), [
    ['a 1 changed', 'a 2 failed', 'a tidy changed'],
    ['a 2 changed', 'a 3 changed', 'a tidy changed', 'a after changed'],
  ])
})

test('tasks that a rescue has repaired or skipped do not run again', async () => {
  const plays = steps(block([hi('1'), hi('2'), hi('3')], { rescue: [hi('mend')] }), hi('after'))
  assert.equal(await both(plays, '2', 'after'), [
    ['a 1 changed', 'a 2 rescued', 'a mend changed', 'a after failed'],
    ['a after changed'],
  ])
})

test('after a failed rescue, the block continues where it failed, with its complete rescue', async () => {
  const plays = steps(block([hi('1'), hi('2'), hi('3')], { rescue: [hi('mend'), hi('more')] }))
  assert.equal(await both(plays, '2', 'more'), [
    ['a 1 changed', 'a 2 rescued', 'a mend changed', 'a more failed'],
    ['a 2 changed', 'a 3 changed'],
  ])
})

test('of parallel tasks, only failed ones run again', async () => {
  const [, story] = await both(steps(parallel([hi('1'), hi('2'), hi('3')]), hi('4')), '2')
  assert.equal(story, ['a 2 changed', 'a 4 changed'])
})

test('a condition can read the outcome of a task that is done', async () => {
  const plays: Plays = (play) => [
    play('p', {
      hosts: 'all',
      // made again for each plan, as in any playbook
      tasks: () => {
        const first = say({ text: '1' })
        return [first, hi('2'), say({ text: '3' }, { when: ({ changed }) => changed(first) })]
      },
    }),
  ]
  assert.equal((await both(plays, '2'))[1], ['a 2 changed', 'a 3 changed'])
})

/** Which tasks run, and run again, if the signatures of some tasks have changed. */
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

test('a task runs again if a part of its signature has changed, with the reason', async () => {
  const plays = steps(hi('1'), hi('2'), hi('3'))
  const { events } = await run(plays, { hosts: failing('3') })
  const reasons = {
    definition: 'its definition has changed',
    parameters: 'its parameters have changed',
    settings: 'its settings (on, become, env, cwd) have changed',
    variables: 'variables of the host have changed',
  }
  for (const [part, why] of Object.entries(reasons))
    assert.equal(
      left(plays, events, (title) => ({ ...signatureOf(title), ...(title === '2' && { [part]: 'other' }) })),
      { titles: ['2', '3'], again: [`a 2: ${why}`] },
    )
})

test('a task without a recorded signature runs again', async () => {
  const plays = steps(hi('1'), hi('2'))
  const { events } = await run(plays, { hosts: failing('2') })
  const { see, past } = collectPast()
  for (const event of events) see(event)
  const { plan } = prepare(plays, { hosts: failing() })
  const { again } = resumed(plan, past, none, (_, { task }) => signatureOf(task.title))
  assert.equal(again, [{ host: 'a', title: '1', why: 'its earlier definition was not recorded' }])
})

test('a task that is new, or did not start, runs even if its host completed the play', async () => {
  const { events } = await run(steps(hi('1')), { hosts: failing() })
  const { story } = await goOn(steps(hi('1'), hi('2')), events)
  assert.equal(story, ['a 2 changed'])
})

test('a block that a rescue has repaired runs again if one of its tasks has changed', async () => {
  const plays = steps(block([hi('1'), hi('2')], { rescue: [hi('repair')] }), hi('after'))
  const { events } = await run(plays, { hosts: failing('2', 'after') })
  const altered = (changed: string) => (title: string) => signatureOf(title === changed ? 'before' : title)
  assert.equal(left(plays, events, signatureOf).titles, ['after'])
  assert.equal(left(plays, events, altered('2')).titles, ['2', 'repair', 'after'])
  assert.equal(left(plays, events, altered('1')).titles, ['1', '2', 'repair', 'after'])
})

const same = defineTask({
  name: 'same',
  description: 'Reads nothing.',
  params: z.object({}),
  check: () => ok('same'),
})

test('tasks that were made from values continue where they ended; their values are read again', async () => {
  const made = steps(
    hi('1'),
    given({ value: same({}) }, () => [hi('2'), block([hi('3')]), hi('4')]),
    hi('5'),
  )
  assert.equal(await both(made, '3'), [
    ['a 1 changed', 'a given value ok', 'a 2 changed', 'a 3 failed'],
    ['a given value ok', 'a 3 changed', 'a 4 changed', 'a 5 changed'],
  ])
})

test('a task whose value later steps use runs again', async () => {
  const gives = defineTask({
    name: 'gives',
    description: 'Gives a value.',
    params: z.object({}),
    apply: async ({ remote }) => {
      await remote.run`say gives`
      return ok('v')
    },
  })
  const plays: Plays = (play) => [
    play('p', {
      hosts: 'all',
      tasks: () => {
        const value = gives({})
        return [value, hi('1'), given({ value }, ({ value: text }) => [hi(text), hi('2')])]
      },
    }),
  ]
  assert.equal(await both(plays, '2'), [
    ['a gives changed', 'a 1 changed', 'a given value ok', 'a v changed', 'a 2 failed'],
    ['a gives changed', 'a given value ok', 'a 2 changed'],
  ])
})
