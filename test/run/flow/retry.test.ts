import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { Reply } from '../../../engine/connection/scripted.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { block } from '../../../engine/dsl/step.ts'
import { drift, ok, pending } from '../../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { Redactor } from '../../../engine/run/masking/redactor.ts'
import { Secret } from '../../../engine/secret.ts'
import { suite } from '../../support/spec.ts'
import { losing, run, say, usual } from '../site.ts'

const test = suite('retries')

/** Fails this many times before it succeeds. */
const flaky = (failures: number): { reply: Reply; count: () => number } => {
  let asked = 0
  return {
    reply: () => {
      asked += 1
      return asked <= failures ? { code: 1, stderr: `no ${asked}` } : ''
    },
    count: () => asked,
  }
}

test('a task is retried until it succeeds, with the reason', async () => {
  const { reply, count } = flaky(2)
  const { story, events, exit } = await run(
    (play) => [
      play('p', { hosts: 'a', tasks: () => [say({ text: 'x' }, { retry: { attempts: 3, delay: 0 } })] }),
    ],
    { hosts: { a: { replies: [[/^say x$/, reply]] } } },
  )
  assert.equal(story, ['a x changed'])
  assert.is(exit, 0)
  assert.is(count(), 3)
  const retries = events.flatMap((event) =>
    event.type === 'task-progress' && event.what === 'retrying' ? [event.why] : [],
  )
  assert.equal(retries, [
    'attempt 1 of 3: exit status 1 from: say x',
    'attempt 2 of 3: exit status 1 from: say x',
  ])
})

test('if all attempts fail, the last failure is reported and can be rescued', async () => {
  const { reply, count } = flaky(9)
  const { story, ends } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          block([say({ text: 'x' }, { retry: { attempts: 2, delay: 0 } })], { rescue: [say({ text: 'r' })] }),
        ],
      }),
    ],
    { hosts: { a: { replies: [[/^say x$/, reply], ...(usual.replies ?? [])] } } },
  )
  assert.equal(story, ['a x rescued', 'a r changed'])
  assert.is(count(), 2)
  assert.match(ends[0]?.error?.output ?? '', 'no 2')
})

/** Makes `/made` and fails then; its check looks at `/made`. */
const halfDone = (guards: boolean) =>
  defineTask({
    name: 'half',
    description: '',
    params: z.object({}),
    guards: () => guards,
    check: async ({ remote }) => ((await remote.exists('/made')) ? ok() : drift('made')),
    async apply({ remote }) {
      await remote.write('/made', 'half')
      await remote.run`finish`
    },
  })({}, { retry: { attempts: 3, delay: 0 } })

test('a failed attempt is not reported as done because its guard is satisfied then', async () => {
  const replies: [RegExp, Reply][] = [[/^finish$/, { code: 7 }]]
  const tried = (guards: boolean) =>
    run((play) => [play('p', { hosts: 'a', tasks: () => [halfDone(guards)] })], { hosts: { a: { replies } } })
  const { story, ends, exit } = await tried(true)
  assert.equal(story, ['a half failed'])
  assert.is(ends[0]?.error?.code, 'command-failed')
  assert.match(ends[0]?.error?.hint ?? '', 'not retried')
  assert.is(exit, 2)
  // a check of the complete result counts
  assert.equal((await tried(false)).story, ['a half changed'])
})

test('an error of the user is not retried', async () => {
  let attempts = 0
  const masked = defineTask({
    name: 'masked',
    description: '',
    params: z.object({}),
    apply: () => {
      attempts += 1
      throw new CoxswainError('secret-masked', 'the mask of a secret')
    },
  })
  const { ends } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [masked({}, { retry: { attempts: 3, delay: 0 } })] })],
    { hosts: { a: usual } },
  )
  assert.is(ends[0]?.error?.code, 'secret-masked')
  assert.is(attempts, 1)
})

test('until: an attempt counts as failed while the condition is false', async () => {
  let looks = 0
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          say(
            { text: 'x' },
            {
              retry: {
                attempts: 5,
                delay: 0,
                until: async ({ remote }) => {
                  looks += 1
                  return (await remote.query`say state`.text()) === 'up' || looks === 3
                },
              },
            },
          ),
        ],
      }),
    ],
    { hosts: { a: usual } },
  )
  assert.equal(story, ['a x changed'])
  assert.is(looks, 3)
})

test('a change by a failed attempt is reported as changed', async () => {
  let there = false
  let first = true
  const halfway = defineTask({
    name: 'halfway',
    description: '',
    params: z.object({}),
    check: () => (there ? ok() : drift('it')),
    apply: async () => {
      there = true
      if (!first) return
      first = false
      throw new Error('died behind the change')
    },
  })
  const { story } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [halfway({}, { retry: { attempts: 2, delay: 0 } })] })],
    { hosts: { a: usual } },
  )
  assert.equal(story, ['a halfway changed'])
})

test('an unknown outcome is never retried', async () => {
  const connection = losing(true)
  const { story, ends } = await run(
    (play) => [
      play('p', { hosts: 'a', tasks: () => [say({ text: 'x' }, { retry: { attempts: 5, delay: 0 } })] }),
    ],
    { hosts: { a: connection } },
  )
  assert.equal(story, ['a x failed'])
  assert.is(ends[0]?.error?.code, 'outcome-unknown')
  assert.is(connection.commands().length, 1)
})

test('a stop ends the delay before another attempt', async () => {
  const stopping = new AbortController()
  const { story, exit } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [say({ text: 'fail' }, { retry: { attempts: 3, delay: 3600 } })],
      }),
    ],
    {
      hosts: { a: usual },
      options: { stopping: stopping.signal },
      onEvent: (event) => {
        if (event.type === 'task-progress' && event.what === 'retrying') stopping.abort()
      },
    },
  )
  assert.equal(story, ['a fail failed'])
  assert.is(exit, 2)
})

test('an invalid retry is refused at once', () => {
  assert.throws(() => say({ text: 'x' }, { retry: { attempts: 1 } }), /retry is not valid/)
  assert.throws(() => say({ text: 'x' }, { retry: { attempts: 2, delay: -1 } }), /retry is not valid/)
  assert.throws(() => say({ text: 'x' }, { retry: { attempts: 2, backoff: 0.5 } }), /retry is not valid/)
})

test('an incomplete line is not joined with the first one of the next attempt', async () => {
  let asked = 0
  const reply = (): { code: number; stdout: string } => {
    asked += 1
    return asked === 1 ? { code: 1, stdout: 'one\ntw' } : { code: 0, stdout: 'one\ntwo\n' }
  }
  const { events } = await run(
    (play) => [
      play('p', { hosts: 'a', tasks: () => [say({ text: 'x' }, { retry: { attempts: 2, delay: 0 } })] }),
    ],
    { hosts: { a: { replies: [[/^say x$/, reply]] } } },
  )
  assert.equal(
    events.flatMap((event) =>
      event.type === 'task-output'
        ? [event.line]
        : event.type === 'task-progress' && event.what === 'retrying'
          ? ['again']
          : [],
    ),
    ['one', 'tw', 'again', 'one', 'two'],
  )
})

test('a very long reason is shortened after masking: of a retry, of a wait and of an unknown outcome', async () => {
  const long = (before: number): string => `${'x'.repeat(before)} Tr0ub4dor-and-3 ${'y '.repeat(3000)}`
  const waits = defineTask({
    name: 'waits',
    description: 'Waits for what never comes.',
    params: z.object({ before: z.number() }),
    until: () => ({ timeout: 0.001, every: 0.001 }),
    check: (_, { before }) => pending(long(before)),
  })
  for (const before of [1100, 1150, 1160, 1170, 1180, 1190, 1199]) {
    const redactor = new Redactor()
    redactor.learn([new Secret('Tr0ub4dor-and-3')])
    const { events } = await run(
      (play) => [
        play('p', {
          hosts: 'a',
          tasks: () => [
            say({ text: long(before) }, { retry: { attempts: 2, delay: 0 }, ignoreErrors: true }),
            waits({ before }, { ignoreErrors: true }),
          ],
        }),
      ],
      { hosts: { a: { replies: [[/^say /, { code: 1 }]] } }, redactor },
    )
    const check = await run((play) => [play('p', { hosts: 'a', tasks: () => [waits({ before })] })], {
      redactor,
      checkMode: true,
    })
    const whys = [...events, ...check.events].flatMap((event) =>
      (event.type === 'task-progress' || event.type === 'task-end') && event.why !== undefined
        ? [event.why]
        : [],
    )
    assert.ok(whys.length >= 2, String(whys.length))
    for (const why of whys) {
      assert.ok(why.length <= 1202 && why.endsWith(' …'), String(why.length))
      assert.not.match(why, /Tr0/)
    }
  }
})
