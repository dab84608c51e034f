import * as assert from 'uvu/assert'
import { background, flushHandlers, join } from '../../../engine/dsl/step.ts'
import { z } from 'zod'
import { defineTask } from '../../../engine/dsl/task.ts'
import { drift, ok, unknown } from '../../../engine/dsl/verdict.ts'
import type { RunEnd } from '../../../engine/run/events.ts'
import { handlersOf, keepLedger } from '../../../engine/run/handlers/ledger.ts'
import { suite } from '../../support/spec.ts'
import { fails, losing, run, say, touch, usual } from '../site.ts'
import type { Outcome } from '../site.ts'

const test = suite('due handlers')

const one = { hosts: { a: usual } }
const endOf = ({ events }: Outcome): RunEnd | undefined =>
  events.flatMap((event) => (event.type === 'run-end' ? [event] : []))[0]

test('a flush runs handlers that are due, and they are not due again', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          touch({ path: '/1' }, { notify: 'reload' }),
          flushHandlers(),
          say({ text: 'uses it' }),
          flushHandlers(),
        ],
        handlers: () => ({ reload: say({ text: 'reload' }) }),
      }),
    ],
    one,
  )
  assert.equal(story, ['a /1 changed', 'a reload changed', 'a uses it changed'])
})

test('pain 12: a notified handler that could not run is due, and runs in the next run even without changes', async () => {
  const plays = (broken: boolean) => (play: Parameters<Parameters<typeof run>[0]>[0]) => [
    play('p', {
      hosts: 'a',
      tasks: () => [touch({ path: '/1' }, { notify: 'restart' }), ...(broken ? [fails()] : [])],
      handlers: () => ({ restart: say({ text: 'restart' }) }),
    }),
  ]
  const failed = await run(plays(true), one)
  assert.equal(failed.story, ['a /1 changed', 'a fail failed'])
  assert.equal(endOf(failed)?.due, { a: ['restart'] })
  const due = (play: number, host: string): string[] => (play === 0 && host === 'a' ? ['restart'] : [])
  const there = { hosts: { a: { ...usual, files: { '/1': 'x' } } } }
  const again = await run(plays(false), { ...there, options: { due } })
  assert.equal(again.story, ['a /1 ok', 'a restart changed'])
  assert.equal(endOf(again)?.due, {})
  const stillBroken = await run(plays(true), { ...there, options: { due } })
  assert.equal(endOf(stillBroken)?.due, { a: ['restart'] })
})

test('a handler is due before the change is made, and stays due if the task then fails', async () => {
  const { events, exit } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [say({ text: 'x' }, { notify: 'restart' })],
        handlers: () => ({ restart: say({ text: 'restart' }) }),
      }),
    ],
    { hosts: { a: losing(true) } },
  )
  assert.is(exit, 2)
  const kinds = events.map(({ type }) => type)
  assert.ok(kinds.indexOf('handlers-due') > 0)
  assert.ok(kinds.indexOf('handlers-due') < kinds.indexOf('task-end'))
  const [end] = events.flatMap((event) => (event.type === 'run-end' ? [event] : []))
  assert.equal(end?.due, { a: ['restart'] })
})

test('an apply that returns ok notifies no handler, and keeps notifications of other tasks', async () => {
  const late = (found: () => unknown) => {
    let read = false
    return defineTask({
      name: 'late',
      description: '',
      params: z.object({}),
      check: () => (read ? ok() : unknown('not read yet')),
      apply: async () => {
        read = true
        return found()
      },
    })({}, { notify: 'restart' })
  }
  const story = async (...found: (() => unknown)[]) => {
    const plays = (broken: boolean) =>
      run(
        (play) => [
          play('p', {
            hosts: 'a',
            tasks: () => [...found.map(late), ...(broken ? [fails()] : [])],
            handlers: () => ({ restart: say({ text: 'restart' }) }),
          }),
        ],
        one,
      )
    return [(await plays(false)).story, endOf(await plays(true))?.due]
  }
  const changed = () => drift('it')
  assert.equal(await story(ok), [['a late ok'], {}])
  const restarted = [['a late changed', 'a late ok', 'a restart changed'], { a: ['restart'] }]
  assert.equal(await story(changed, ok), restarted)
  assert.equal((await story(ok, changed))[1], { a: ['restart'] })
})

test('under --check, a handler is predicted, and nothing is due', async () => {
  const result = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [touch({ path: '/1' }, { notify: 'restart' })],
        handlers: () => ({ restart: say({ text: 'restart' }) }),
      }),
    ],
    { ...one, checkMode: true },
  )
  assert.equal(result.story, ['a /1 would change', 'a restart would change'])
  assert.is(
    result.events.some(({ type }) => type === 'handlers-due'),
    false,
  )
})

for (const failing of [false, true]) {
  const what = failing ? 'is due when the run fails' : 'runs again'
  test(`a handler that is notified while it runs ${what}`, async () => {
    let started = (): void => {}
    const running = new Promise<void>((resolve) => (started = resolve))
    let noted = (): void => {}
    const changed = new Promise<void>((resolve) => (noted = resolve))
    const host = {
      replies: [
        [
          /^say reload$/,
          async () => {
            started()
            await changed
            return ''
          },
        ],
        ...(usual.replies ?? []),
      ] as const,
    }
    const result = await run(
      (play) => [
        play('p', {
          hosts: 'a',
          tasks: () => [
            background(say({ text: 'late' }, { notify: 'reload', when: () => running.then(() => true) })),
            touch({ path: '/1' }, { notify: 'reload' }),
            flushHandlers(),
            ...(failing ? [fails()] : []),
          ],
          handlers: () => ({ reload: say({ text: 'reload' }) }),
        }),
      ],
      {
        hosts: { a: host },
        onEvent: (event) => {
          if (event.type === 'task-end' && event.task.title === 'late') noted()
        },
      },
    )
    const reloads = result.story.filter((line) => line === 'a reload changed').length
    assert.is(reloads, failing ? 1 : 2)
    assert.equal(endOf(result)?.due, failing ? { a: ['reload'] } : {})
  })
}

test('a handler that is due from an earlier run stays due if the run ends before its play', async () => {
  const result = await run(
    (play) => [
      play('p', { hosts: 'a', tasks: () => [fails()] }),
      play('q', { hosts: 'a', tasks: () => [], handlers: () => ({ reload: say({ text: 'reload' }) }) }),
    ],
    { ...one, options: { due: (play) => (play === 1 ? ['reload'] : []) } },
  )
  assert.equal(endOf(result)?.due, { a: ['reload'] })
})

test('a handler that the play no longer has is not due', async () => {
  const result = await run((play) => [play('p', { hosts: 'a', tasks: () => [say({ text: 'x' })] })], {
    ...one,
    options: { due: () => ['gone'] },
  })
  assert.equal(endOf(result)?.due, {})
})

test('a handler that runs while a notifying task is running stays due for that task', async () => {
  let finish = (): void => {}
  const slow = {
    replies: [
      [/^say slow$/, () => new Promise<string>((resolve) => (finish = () => resolve('')))],
      [
        /^say next$/,
        () => {
          finish()
          return ''
        },
      ],
      ...(usual.replies ?? []),
    ] as const,
  }
  const plays =
    (after: () => ReturnType<typeof fails>[]) => (play: Parameters<Parameters<typeof run>[0]>[0]) => [
      play('p', {
        hosts: 'a',
        tasks: () => {
          const slowly = background(say({ text: 'slow' }, { notify: 'h' }))
          return [
            slowly,
            say({ text: 'first' }, { notify: 'h' }),
            flushHandlers(),
            say({ text: 'next' }),
            join(slowly),
            ...after(),
          ]
        },
        handlers: () => ({ h: say({ text: 'handler' }) }),
      }),
    ]
  const failed = await run(
    plays(() => [fails()]),
    { hosts: { a: slow } },
  )
  assert.equal(failed.story.slice(0, 2), ['a first changed', 'a handler changed'])
  assert.equal(failed.story.slice(2).toSorted(), ['a fail failed', 'a next changed', 'a slow changed'])
  assert.equal(endOf(failed)?.due, { a: ['h'] })
  const { see, ledger } = keepLedger(1)
  for (const event of failed.events) see(event)
  assert.equal(
    handlersOf(ledger().due).map(({ handler }) => handler),
    ['h'],
  )
  const well = await run(
    plays(() => []),
    { hosts: { a: slow } },
  )
  assert.is(well.story.at(-1), 'a handler changed')
  assert.equal(endOf(well)?.due, {})
})
