import * as assert from 'uvu/assert'
import { background, block, parallel } from '../../../engine/dsl/step.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, say, touch, usual } from '../site.ts'
import type { Site } from '../site.ts'

const test = suite('order of hosts')

const begun = (events: Awaited<ReturnType<typeof run>>['events']): string[] =>
  events.flatMap((event) => (event.type === 'task-start' ? [`${event.task.host} ${event.task.title}`] : []))

/** Answers slower on some hosts than on others, without a clock: it yields so often. */
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

test('linear: no host begins a task before all are through with those before it', async () => {
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

test('linear: a host that fails or has less to do holds nobody up; forks bound who works', async () => {
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

test('pain 15: once per run is once for all batches, once per batch is once in each', async () => {
  const { story, ends } = await run((play) => [
    play('p', {
      hosts: 'web',
      serial: 1,
      tasks: () => [
        say({ text: 'migrate' }, { oncePer: 'run' }),
        say({ text: 'warm' }, { oncePer: 'batch' }),
      ],
    }),
  ])
  assert.equal(story, [
    'a migrate changed',
    'a warm changed',
    'b migrate skipped',
    'b warm changed',
    'c migrate skipped',
    'c warm changed',
  ])
  assert.is(ends[2]?.why, 'done once, on a')
})

test('once: the first host for which the condition holds does it; a failure is one for all', async () => {
  const { story } = await run((play) => [
    play('p', {
      hosts: 'web',
      strategy: 'linear',
      tasks: () => [say({ text: 'x' }, { oncePer: 'run', when: ({ host }) => host.name === 'b' })],
    }),
  ])
  assert.equal(story, ['a x skipped', 'b x changed', 'c x skipped'])
  const failed = await run((play) => [
    play('p', { hosts: 'web', tasks: () => [fails({ oncePer: 'run' }), say({ text: 'never' })] }),
  ])
  assert.equal(failed.story, ['a fail failed', 'b fail failed', 'c fail failed'])
  assert.match(failed.ends[1]?.error?.message ?? '', 'it failed on a')
})

test('on: a task is done on another host, with its connection, and told so', async () => {
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

test('on: it must be one host, and its being gone does not make ours unreachable', async () => {
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

test('stopping: what runs ends, nothing more begins but what must be done always', async () => {
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

test('stopping after the last task has cut nothing off', async () => {
  const stopping = new AbortController()
  const { exit } = await run((play) => [play('p', { hosts: 'a', tasks: () => [say({ text: '1' })] })], {
    options: { stopping: stopping.signal },
    onEvent: (event) => {
      if (event.type === 'task-end') stopping.abort()
    },
  })
  assert.is(exit, 0)
})

test('a cut-off run does not rescue, and does not tidy', async () => {
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

test('linear: a condition of a block is asked when all are through with the tasks before it', async () => {
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

test('once: two tasks that look the same are two', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        tasks: () => [say({ text: 'sync' }, { oncePer: 'run' }), say({ text: 'sync' }, { oncePer: 'run' })],
      }),
    ],
    { hosts: { a: usual, b: usual }, forks: 1 },
  )
  assert.equal(story, ['a sync changed', 'a sync changed', 'b sync skipped', 'b sync skipped'])
})

test('once: only the host that does it is notified, and --check foretells the same', async () => {
  const go = (checkMode: boolean) =>
    run(
      (play) => [
        play('p', {
          hosts: 'web',
          tasks: () => [touch({ path: '/1' }, { oncePer: 'run', notify: 'reload' })],
          handlers: () => ({ reload: say({ text: 'reload' }) }),
        }),
      ],
      { hosts: { a: usual, b: usual }, forks: 1, checkMode },
    )
  assert.equal((await go(false)).story, ['a /1 changed', 'a reload changed', 'b /1 skipped'])
  assert.equal((await go(true)).story, ['a /1 would change', 'a reload would change', 'b /1 skipped'])
})

test('linear: steps side by side are one host’s work, and need one fork', async () => {
  const waiting: (() => void)[] = []
  const together = {
    replies: [
      [
        /^say [xy]$/,
        async () => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve)
            // neither goes on before both are there
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

test('a stop between two batches has cut off those that are left', async () => {
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
  test(`an error outside of tasks (${first}) ends the run when all that was begun has ended`, async () => {
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
