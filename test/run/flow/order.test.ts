import * as assert from 'uvu/assert'
import { block, flushHandlers, parallel } from '../../../engine/dsl/step.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, say, touch } from '../site.ts'
import type { Site } from '../site.ts'

const test = suite('order of hosts')

const begun = (events: Awaited<ReturnType<typeof run>>['events']): string[] =>
  events.flatMap((event) => (event.type === 'task-start' ? [`${event.task.host} ${event.task.title}`] : []))

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

test('linear: no host begins a task before all have ended the earlier ones', async () => {
  const hosts = { a: slowly(1), b: slowly(20), c: slowly(5) }
  const plays =
    (strategy: 'linear' | 'free'): Parameters<typeof run>[0] =>
    (play) => [
      play('p', {
        hosts: 'web',
        strategy,
        tasks: () => [say({ text: '1' }), block([say({ text: '2' })]), say({ text: '3' })],
      }),
    ]
  const linear = begun((await run(plays('linear'), { hosts })).events).map((line) => line.slice(2))
  assert.equal(linear, ['1', '1', '1', '2', '2', '2', '3', '3', '3'])
  const free = begun((await run(plays('free'), { hosts })).events)
  assert.ok(free.indexOf('a 3') < free.indexOf('b 2'))
})

test('linear: a host that fails or has fewer tasks does not block others; forks limits concurrent hosts', async () => {
  let working = 0
  let most = 0
  const counted = {
    replies: [
      [/^say fail$/, { code: 1, stderr: 'no' }],
      [
        /^say /,
        async () => {
          working += 1
          most = Math.max(most, working)
          await new Promise((resolve) => setImmediate(resolve))
          working -= 1
          return ''
        },
      ],
    ] as const,
  }
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        strategy: 'linear',
        tasks: ({ host }) => [
          host.name === 'a' ? fails() : say({ text: '1' }),
          ...(host.name === 'b' ? [] : [say({ text: '2' })]),
          say({ text: '3' }),
        ],
      }),
    ],
    { hosts: { a: counted, b: counted, c: counted, d: counted }, forks: 2 },
  )
  assert.is(story.length, 1 + 2 + 3 + 3)
  assert.is(most, 2)
})

test('on: a task runs on another host, with its connection, and is reported as such', async () => {
  const { story, ends, connections } = await run((play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [touch({ path: '/drained' }, { on: 'b' }), block([say({ text: 'x' })], { on: 'c' })],
    }),
  ])
  assert.equal(story, ['a /drained changed', 'a x changed'])
  assert.equal(
    ends.map(({ task }) => task.on),
    ['b', 'c'],
  )
  const { a, b } = connections
  assert.is(a !== undefined && 'files' in a && b !== undefined && 'files' in b, true)
  if (b !== undefined && 'files' in b) assert.ok((b as { files: Map<string, unknown> }).files.has('/drained'))
})

test('on: it must be one host, and if that is unreachable, ours is not', async () => {
  const several = await run((play) => [
    play('p', { hosts: 'a', tasks: () => [say({ text: 'x' }, { on: 'web' })] }),
  ])
  assert.equal(several.story, ['a x failed'])
  assert.match(several.ends[0]?.error?.message ?? '', 'names 3 hosts')
})

test('environment and working directory of a play, a block and a task', async () => {
  const scripts: string[] = []
  const all = {
    replies: [
      [
        /say/,
        ({ script }: { script: string }) => {
          scripts.push(script)
          return ''
        },
      ],
    ] as const,
  }
  await run(
    (play) => [
      play('p', {
        hosts: 'web',
        env: { A: '1', B: '1' },
        cwd: '/srv',
        tasks: () => [
          say({ text: 'x' }),
          block([say({ text: 'y' }), say({ text: 'z' }, { cwd: '/var', env: { C: '3' } })], {
            env: { B: '2' },
          }),
        ],
      }),
    ],
    { hosts: { a: all } },
  )
  assert.equal(scripts, [
    'cd -- /srv || exit; A=1; export A; B=1; export B; say x',
    'cd -- /srv || exit; A=1; export A; B=2; export B; say y',
    'cd -- /var || exit; A=1; export A; B=2; export B; C=3; export C; say z',
  ])
})

test('linear: the condition of a block is evaluated when all have ended the earlier tasks', async () => {
  const order: string[] = []
  await run(
    (play) => [
      play('p', {
        hosts: 'web',
        strategy: 'linear',
        tasks: ({ host }) => [
          say({ text: '1' }),
          block([say({ text: '2' })], {
            when: () => {
              order.push(`${host.name} is asked`)
              return true
            },
          }),
        ],
      }),
    ],
    {
      hosts: { a: slowly(1), b: slowly(20) },
      onEvent: (event) => {
        if (event.type === 'task-end') order.push(`${event.task.host} ${event.task.title}`)
      },
    },
  )
  assert.equal(order.slice(0, 4), ['a 1', 'b 1', 'a is asked', 'b is asked'])
})

test("linear: parallel steps are one host's work, and need one fork", async () => {
  const waiting: (() => void)[] = []
  const together = {
    replies: [
      [
        /^say [xy]$/,
        async () => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve)
            // neither continues before both have arrived
            if (waiting.length === 2) for (const go of waiting.splice(0)) go()
          })
          return ''
        },
      ],
    ] as const,
  }
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        strategy: 'linear',
        tasks: () => [parallel([say({ text: 'x' }), say({ text: 'y' })])],
      }),
    ],
    { hosts: { a: together, b: together }, forks: 1 },
  )
  assert.is(story.length, 4)
})

test('linear: handlers wait for the tasks before them, and tasks for the handlers before them', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        strategy: 'linear',
        tasks: ({ host }) => [
          touch({ path: '/1' }, { notify: 'reload' }),
          flushHandlers(),
          host.name === 'a' ? touch({ path: '/2' }, { notify: 'reload' }) : say({ text: '2' }),
          ...(host.name === 'a' ? [] : [say({ text: '3' })]),
        ],
        handlers: () => ({ reload: say({ text: 'reload' }) }),
      }),
    ],
    { hosts: { a: slowly(1), b: slowly(20) } },
  )
  assert.equal(
    story.map((line) => line.replace(' changed', '')),
    ['a /1', 'b /1', 'a reload', 'b reload', 'a /2', 'b 2', 'b 3', 'a reload'],
  )
})
