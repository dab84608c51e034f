import * as assert from 'uvu/assert'
import type { Connection } from '../../../engine/connection/types.ts'
import { background, block, flushHandlers, join, parallel } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, say, touch, usual } from '../site.ts'
import type { Outcome, Site } from '../site.ts'

const test = suite('blocks')

const hi = (text: string): Step => say({ text })

/** Runs steps on one host. */
const on = (steps: () => readonly Step[], site: Site = {}): Promise<Outcome> =>
  run((play) => [play('p', { hosts: 'all', tasks: steps })], { hosts: { a: usual }, ...site })

/** A host that nobody can reach. */
const dead: Connection = {
  description: 'dead',
  execute: async () => {
    throw new CoxswainError('connect-failed', 'nobody there')
  },
  close: async () => {},
}

test('a block runs in its place, and its rescue only when something fails', async () => {
  const { story, exit } = await on(() => [
    hi('1'),
    block([hi('2'), hi('3')], { rescue: [hi('never')], always: [hi('4')] }),
    hi('5'),
  ])
  assert.equal(story, ['a 1 changed', 'a 2 changed', 'a 3 changed', 'a 4 changed', 'a 5 changed'])
  assert.is(exit, 0)
})

test('a rescue takes a failure in hand: the host goes on, and the run has not failed', async () => {
  const { story, exit, ends, recap } = await on(() => [
    block([fails(), hi('never')], { rescue: [hi('mend')], always: [hi('tidy')] }),
    hi('on'),
  ])
  assert.equal(story, ['a fail rescued', 'a mend changed', 'a tidy changed', 'a on changed'])
  assert.is(exit, 0)
  assert.equal(
    ends.map(({ task }) => task.role),
    ['task', 'rescue', 'always', 'task'],
  )
  assert.is(recap[0]?.counts.rescued, 1)
  assert.is(recap[0]?.counts.failed, 0)
})

test('without a rescue, always runs and the host has failed', async () => {
  const { story, exit } = await on(() => [block([fails()], { always: [hi('tidy')] }), hi('never')])
  assert.equal(story, ['a fail failed', 'a tidy changed'])
  assert.is(exit, 2)
})

test('a rescue that fails has failed; always runs all the same', async () => {
  const { story, exit } = await on(() => [
    block([fails()], { rescue: [fails(), hi('never')], always: [hi('tidy')] }),
    hi('never'),
  ])
  assert.equal(story, ['a fail rescued', 'a fail failed', 'a tidy changed'])
  assert.is(exit, 2)
})

test('blocks in blocks: the nearest rescue takes it', async () => {
  const { story } = await on(() => [
    block([block([fails()], { rescue: [fails()], always: [hi('inner')] }), hi('never')], {
      rescue: [hi('outer')],
    }),
    hi('on'),
  ])
  assert.equal(story, [
    'a fail rescued',
    'a fail rescued',
    'a inner changed',
    'a outer changed',
    'a on changed',
  ])
})

test('pain 10: unreachable is rescued, and always runs', async () => {
  const { story, exit } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          block([hi('drain')], {
            rescue: [say({ text: 'tell' }, { on: 'b' })],
            always: [say({ text: 'put back' }, { on: 'b' })],
          }),
        ],
      }),
    ],
    { hosts: { a: dead, b: usual } },
  )
  assert.equal(story, ['a drain rescued', 'a tell changed', 'a put back changed'])
  assert.is(exit, 0)
  const unrescued = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [block([hi('drain')], { always: [say({ text: 'put back' }, { on: 'b' })] })],
      }),
    ],
    { hosts: { a: dead, b: usual } },
  )
  assert.equal(unrescued.story, ['a drain unreachable', 'a put back changed'])
  assert.is(unrescued.exit, 4)
})

test('pain 6: loops over blocks are the language’s own', async () => {
  const { story } = await on(() =>
    ['x', 'y'].map((name) =>
      block([say({ text: `take ${name}` }), name === 'x' ? fails() : hi('fine')], {
        rescue: [say({ text: `mend ${name}` })],
      }),
    ),
  )
  assert.equal(story, [
    'a take x changed',
    'a fail rescued',
    'a mend x changed',
    'a take y changed',
    'a fine changed',
  ])
})

test('a condition of a block is asked once, before its first task', async () => {
  let asked = 0
  const { story, ends } = await on(() => [
    block([touch({ path: '/flag' }), hi('still')], {
      when: async ({ remote }) => {
        asked += 1
        return !(await remote.exists('/flag'))
      },
    }),
    block([hi('not'), hi('neither')], {
      when: async ({ remote }) => !(await remote.exists('/flag')),
      always: [hi('nor')],
    }),
  ])
  assert.equal(story, [
    'a /flag changed',
    'a still changed',
    'a not skipped',
    'a neither skipped',
    'a nor skipped',
  ])
  assert.is(asked, 1)
  assert.is(ends.at(-1)?.why, 'the condition of its block does not hold')
})

test('a condition of a block that fails is a failure of the block', async () => {
  const steps = (rescue: Step[]): Step[] => [
    block(
      [
        block([hi('never')], {
          when: () => {
            throw new Error('no such thing')
          },
        }),
      ],
      { rescue },
    ),
  ]
  const plainly = await on(() => steps([]))
  assert.equal(plainly.story, ['a never failed'])
  assert.match(plainly.ends[0]?.error?.message ?? '', 'no such thing')
  assert.equal((await on(() => steps([hi('mend')]))).story, ['a never rescued', 'a mend changed'])
})

test('when on outcomes: a task runs only where one before it changed something', async () => {
  const steps = (): Step[] => {
    const config = touch({ path: '/config' })
    return [config, say({ text: 'reindex' }, { when: ({ changed }) => changed(config) })]
  }
  assert.equal((await on(steps)).story, ['a /config changed', 'a reindex changed'])
  const there = { hosts: { a: { ...usual, files: { '/config': 'x' } } } }
  assert.equal((await on(steps, there)).story, ['a /config ok', 'a reindex skipped'])
  const { story } = await on(steps, { checkMode: true })
  assert.equal(story, ['a /config would change', 'a reindex would change'])
})

test('parallel steps are under way together, and all end before the next step', async () => {
  const waiting: (() => void)[] = []
  const together = {
    replies: [
      [
        /^say [xy]$/,
        async () => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve)
            // nobody goes on before both are there
            if (waiting.length === 2) for (const go of waiting) go()
          })
          return ''
        },
      ],
      ...(usual.replies ?? []),
    ] as const,
  }
  const { story, exit } = await on(() => [parallel([hi('x'), hi('y')]), hi('after')], {
    hosts: { a: together },
  })
  assert.equal(story.slice(0, 2).toSorted(), ['a x changed', 'a y changed'])
  assert.is(story[2], 'a after changed')
  assert.is(exit, 0)
  const failing = await on(() => [parallel([fails(), hi('fine')]), hi('never')])
  assert.equal(failing.story.toSorted(), ['a fail failed', 'a fine changed'])
})

test('a background step goes on beside the next ones, and is waited for', async () => {
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
  const { story } = await on(
    () => {
      const slowly = background(hi('slow'))
      return [slowly, hi('next'), join(slowly), hi('after')]
    },
    { hosts: { a: slow } },
  )
  // it could not end before the next one was at work
  assert.equal(story.slice(0, 2).toSorted(), ['a next changed', 'a slow changed'])
  assert.is(story[2], 'a after changed')
})

test('a background step that fails fails the host where it is waited for, or at the end', async () => {
  const joined = await on(() => {
    const bad = background(fails())
    return [bad, join(bad), hi('never')]
  })
  assert.equal(joined.story, ['a fail failed'])
  const atEnd = await on(() => [background(fails()), hi('beside')])
  assert.equal(atEnd.story.toSorted(), ['a beside changed', 'a fail failed'])
  assert.is(atEnd.exit, 2)
})

test('slips are told before anything connects', async () => {
  const slow = background(hi('slow'))
  await rejects(() => on(() => [join(slow)]), 'playbook-invalid', 'was not begun')
  await rejects(() => on(() => [slow, slow]), 'playbook-invalid', 'stands here twice')
  // @ts-expect-error -- a task that was not called
  await rejects(() => on(() => [touch]), 'playbook-invalid', 'no list of tasks')
  const misspelt: object = { resuce: [] }
  const error = await rejects(async () => block([], misspelt), 'playbook-invalid', 'no option resuce')
  assert.match(error.hint, 'did you mean rescue?')
})

test('--check goes the same way through a block', async () => {
  const { story } = await on(
    () => [block([touch({ path: '/x' })], { rescue: [hi('never')], always: [hi('tidy')] })],
    {
      checkMode: true,
    },
  )
  assert.equal(story, ['a /x would change', 'a tidy would change'])
})

test('a block that was not begun when the run is stopped is not tidied up after', async () => {
  for (const when of [undefined, () => false]) {
    const stopping = new AbortController()
    const { story } = await on(
      () => [hi('1'), block([hi('2')], { ...(when && { when }), always: [hi('tidy')] })],
      {
        options: { stopping: stopping.signal },
        onEvent: (event) => {
          if (event.type === 'task-end') stopping.abort()
        },
      },
    )
    assert.equal(story, ['a 1 changed'])
  }
})

test('a condition of a block cannot be asked of a host that cannot be reached, which is not passed over', async () => {
  const { story, exit } = await on(
    () => [block([hi('x')], { ignoreErrors: true, when: ({ remote }) => remote.exists('/x') })],
    { hosts: { a: dead } },
  )
  assert.equal(story, ['a x unreachable'])
  assert.is(exit, 4)
})

test('a condition of a block that fails is no failure of its first task, which may ignore its own', async () => {
  const { story } = await on(() => [
    block([say({ text: 'x' }, { ignoreErrors: true })], {
      when: () => {
        throw new Error('no such thing')
      },
    }),
    hi('never'),
  ])
  assert.equal(story, ['a x failed'])
})

test('under --check a condition of a block may rest on what was not done', async () => {
  const hosts = { a: { replies: [['cat /x', { code: 1 }]] as const } }
  const { story, exit } = await on(
    () => [
      touch({ path: '/x' }),
      block([hi('y'), hi('z')], {
        when: async ({ remote }) => (await remote.query`cat /x`.text()) === 'x',
      }),
    ],
    { checkMode: true, hosts },
  )
  assert.equal(story, ['a /x would change', 'a y unknown', 'a z unknown'])
  assert.is(exit, 0)
})

test('a condition holds for a block without a task, too', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          touch({ path: '/1' }, { notify: 'reload' }),
          block([flushHandlers()], { when: () => false }),
          hi('2'),
        ],
        handlers: () => ({ reload: say({ text: 'reload' }) }),
      }),
    ],
    { hosts: { a: usual } },
  )
  assert.equal(story, ['a /1 changed', 'a 2 changed', 'a reload changed'])
})

test('a task in a block that was left out was skipped', async () => {
  let seen: unknown
  await on(() => {
    const out = say({ text: 'x' })
    const asks = say(
      { text: 'y' },
      {
        when: ({ outcomeOf }) => {
          seen = outcomeOf(out)
          return true
        },
      },
    )
    return [block([out], { when: () => false }), asks]
  })
  assert.is(seen, 'skipped')
})
