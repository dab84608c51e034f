import * as assert from 'uvu/assert'
import { z } from 'zod'
import { pick } from '../../../engine/dsl/select.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { drift, ok, pending } from '../../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { suite } from '../../support/spec.ts'
import { run, say, touch, usual } from '../site.ts'
import type { Outcome, Site } from '../site.ts'

const test = suite('checks ahead that are outdated')

const on = (steps: () => readonly Step[], site: Site = {}): Promise<Outcome> =>
  run((play) => [play('p', { hosts: 'all', tasks: steps })], { hosts: { a: usual }, ...site })

/** Something that another program changes. */
const world = () => {
  let there = false
  return {
    isThere: () => there,
    come: () => {
      there = true
    },
    /** Requires it; its check fails while it does not exist, like a client of a service that is down. */
    held: (strict: boolean) =>
      defineTask({
        name: 'held',
        description: '',
        params: z.object({}),
        check: () => {
          if (there) return ok()
          if (strict) throw new CoxswainError('task-failed', 'it is not there')
          return drift('it')
        },
        apply: async () => {},
      })({}),
  }
}

for (const strict of [false, true]) {
  test(`tasks after a wait see its result${strict ? ', even if their checks failed before' : ''}`, async () => {
    const { isThere, come, held } = world()
    let looks = 0
    const wait = defineTask({
      name: 'wait',
      description: '',
      params: z.object({}),
      until: () => ({ timeout: 10, every: 0 }),
      check: () => {
        looks += 1
        if (looks > 2) come()
        return isThere() ? ok() : pending('not yet')
      },
    })
    const { story } = await on(() => [wait({}), held(strict)])
    assert.equal(story, ['a wait ok', 'a held ok'])
  })
}

test('tasks after a pause see changes during the pause', async () => {
  const { come, held } = world()
  const pause = defineTask({
    name: 'pause',
    description: '',
    params: z.object({}),
    changes: false,
    apply: async ({ ask }) => ask('look'),
  })
  const options = {
    ask: async () => {
      come()
      return ''
    },
  }
  const { story } = await on(() => [pause({}), held(false)], { options })
  assert.equal(story, ['a pause ok', 'a held ok'])
})

test('later tasks see changes between two attempts, and facts are read again', async () => {
  const { come, held } = world()
  let readings = 0
  const count = defineTask({
    name: 'count',
    description: '',
    params: z.object({}),
    check: () => ok((readings += 1)),
  })
  const probe = defineTask({
    name: 'probe',
    description: '',
    params: z.object({}),
    check: async ({ fact }) => {
      if ((await fact(count({}))) < 2) throw new CoxswainError('task-failed', 'not yet')
      come()
      return ok()
    },
  })
  const { story } = await on(() => [probe({}, { retry: { attempts: 3, delay: 0 } }), held(false)])
  assert.equal(story, ['a probe ok', 'a held ok'])
})

test('a wait reads its facts again', async () => {
  let readings = 0
  const count = defineTask({
    name: 'count',
    description: '',
    params: z.object({}),
    check: () => ok((readings += 1)),
  })
  const wait = defineTask({
    name: 'wait',
    description: '',
    params: z.object({}),
    until: () => ({ timeout: 1, every: 0 }),
    check: async ({ fact }) => ((await fact(count({}))) > 2 ? ok() : pending('not yet')),
  })
  assert.equal((await on(() => [wait({})])).story, ['a wait ok'])
})

test('--step: the task sees changes during the question', async () => {
  const { come, held } = world()
  const options = {
    confirm: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      come()
      return true
    },
  }
  assert.equal((await on(() => [held(false)], { options })).story, ['a held ok'])
})

test('a condition that catches all exceptions is not evaluated before the tasks that it reads have ended', async () => {
  const hosts = { a: { ...usual, files: { '/x': 'x' } } }
  const asking = (catches: (error: unknown) => boolean) => () => {
    const before = touch({ path: '/x' })
    const after = say(
      { text: 'y' },
      {
        when: ({ outcomeOf }) => {
          try {
            return outcomeOf(before) === 'ok'
          } catch (error) {
            return catches(error)
          }
        },
      },
    )
    return [before, after]
  }
  const quiet = await on(
    asking(() => false),
    { hosts },
  )
  assert.equal(quiet.story, ['a /x ok', 'a y changed'])
  const loud = await on(
    asking((cause) => {
      throw new Error('cannot tell', { cause })
    }),
    { hosts },
  )
  assert.equal(loud.story, ['a /x ok', 'a y changed'])
})

test('a failed pick is made again for the next caller', async () => {
  let asked = 0
  const probe = defineTask({
    name: 'probe',
    description: '',
    params: z.object({}),
    check: () => {
      asked += 1
      if (asked === 1) throw new CoxswainError('connect-failed', 'it is booting')
      return ok()
    },
  })
  const leader = pick('leader', { hosts: 'a', prefer: [probe({})], become: false })
  const { story } = await on(() => [
    say({ text: '1' }, { on: leader, ignoreErrors: true }),
    say({ text: '2' }, { on: leader }),
    say({ text: '3' }, { on: leader }),
  ])
  assert.equal(story, ['a 1 ignored', 'a 2 changed', 'a 3 changed'])
  assert.is(asked, 2)
})
