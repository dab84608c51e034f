import * as assert from 'uvu/assert'
import { background, block } from '../../../engine/dsl/step.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { suite } from '../../support/spec.ts'
import { run, say, usual } from '../site.ts'
import type { Site } from '../site.ts'

const test = suite('stopping')

/** Answers slower on some hosts than on others, without a clock: it yields several times. */
const slowly = (turns: number): NonNullable<Site['hosts']>[string] => ({
  replies: [
    [
      /^say /,
      async () => {
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        return ''
      },
    ],
  ],
})

test('stopping: running tasks end, and only steps of always start', async () => {
  const stopping = new AbortController()
  const hosts = {
    a: {
      replies: [
        [
          /^say 1$/,
          () => {
            stopping.abort()
            return ''
          },
        ],
        [/^say /, ''],
      ] as const,
    },
    b: usual,
  }
  const { story, exit, events } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        serial: 1,
        tasks: () => [
          block([say({ text: '1' }), say({ text: '2' })], { always: [say({ text: 'tidy' })] }),
          say({ text: '3' }),
        ],
      }),
      play('q', { hosts: 'web', tasks: () => [say({ text: '4' })] }),
    ],
    { hosts, options: { stopping: stopping.signal } },
  )
  assert.equal(story, ['a 1 changed', 'a tidy changed'])
  assert.is(exit, 130)
  const end = events.at(-1)
  assert.ok(end?.type === 'run-end')
  assert.equal(end.notRun, ['q'])
  assert.is(end.stopped?.code, 'interrupted')
})

test('stopping after the last task is not an interrupt', async () => {
  const stopping = new AbortController()
  const { exit } = await run((play) => [play('p', { hosts: 'a', tasks: () => [say({ text: '1' })] })], {
    options: { stopping: stopping.signal },
    onEvent: (event) => {
      if (event.type === 'task-end') stopping.abort()
    },
  })
  assert.is(exit, 0)
})

test('an aborted run does not run rescue and always', async () => {
  const cut = new AbortController()
  const cutting = {
    replies: [
      [
        /^say 1$/,
        () => {
          cut.abort()
          throw new CoxswainError('interrupted', 'interrupted')
        },
      ],
      [/^say /, ''],
    ] as const,
  }
  const { story, exit } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        tasks: () => [
          block([say({ text: '1' }), say({ text: '2' })], {
            rescue: [say({ text: 'r' })],
            always: [say({ text: 'tidy' })],
          }),
        ],
      }),
    ],
    {
      hosts: { a: cutting },
      signal: cut.signal,
    },
  )
  assert.equal(story, ['a 1 failed'])
  assert.is(exit, 130)
})

test('a stop between two batches interrupts the remaining ones', async () => {
  const stopping = new AbortController()
  const { story, exit } = await run(
    (play) => [play('p', { hosts: 'web', serial: 1, tasks: () => [say({ text: '1' })] })],
    {
      options: { stopping: stopping.signal },
      onEvent: (event) => {
        if (event.type === 'task-end') stopping.abort()
      },
    },
  )
  assert.equal(story, ['a 1 changed'])
  assert.is(exit, 130)
})

for (const first of ['background', 'in front'] as const) {
  test(`an error outside of tasks (${first}) ends the run after all started tasks have ended`, async () => {
    const strays: unknown[] = []
    const stray = (reason: unknown): void => {
      strays.push(reason)
    }
    process.on('unhandledRejection', stray)
    const bad = say({ text: 'bad' })
    const slow = say({ text: 'slow' })
    const { events, exit } = await run(
      (play) => [
        play('p', {
          hosts: 'a',
          tasks: () => (first === 'background' ? [background(bad), slow] : [background(slow), bad]),
        }),
      ],
      {
        hosts: { a: slowly(20) },
        options: {
          confirm: async ({ title }) => {
            if (title === 'bad') throw new CoxswainError('nobody-to-ask', 'the terminal was closed')
            return true
          },
        },
      },
    )
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', stray)
    assert.equal(strays, [])
    assert.equal(
      events.flatMap(({ type }) => (type === 'task-end' || type === 'run-end' ? [type] : [])),
      ['task-end', 'run-end'],
    )
    assert.is(exit, 2)
  })
}

test('stopping: a host that waits for a task done once by another host does not start it', async () => {
  const stopping = new AbortController()
  const { story, exit } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        tasks: () => [
          say(
            { text: 'once' },
            {
              oncePer: 'run',
              when: ({ host }) => {
                if (host.name === 'a') stopping.abort()
                return host.name !== 'a'
              },
            },
          ),
        ],
      }),
    ],
    { options: { stopping: stopping.signal } },
  )
  assert.equal(story, ['a once skipped'])
  assert.is(exit, 130)
})
