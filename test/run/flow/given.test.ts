import * as assert from 'uvu/assert'
import { given } from '../../../engine/dsl/given.ts'
import { background, block, flushHandlers, join, parallel } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import type { PlayMaker } from '../../../engine/dsl/play.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { drift, ok } from '../../../engine/dsl/verdict.ts'
import { startAt } from '../../../engine/run/plan/start-at.ts'
import { chooseByTags } from '../../../engine/run/plan/tags.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { distant } from '../round-trips.ts'
import { run, say, touch } from '../site.ts'
import { kernel, key, name, named, noParams, one, playOf } from '../values-site.ts'

const test = suite('steps made from values')

test('steps are made from a fact of their host, and run like others', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          say({ text: '1' }),
          given({ own: name({}) }, ({ own }) => [touch({ path: `/${own}` }), say({ text: own })]),
          say({ text: '2' }),
        ],
      }),
    ],
    { hosts: { a: named('anna'), b: named('bert') } },
  )
  assert.equal(
    story.filter((line) => line.startsWith('a')),
    ['a 1 changed', 'a given own ok', 'a /anna changed', 'a anna changed', 'a 2 changed'],
  )
  assert.ok(story.includes('b /bert changed'))
})

test('its place in the playbook is looked for only for an error: that reads the file, for each host', async () => {
  const unplaced = {
    ...given({ own: name({}) }, ({ own }) => [say({ text: own })]),
    place: () => {
      throw new Error('looked for')
    },
  }
  const { story } = await run((play) => [play('p', { hosts: 'all', tasks: () => [unplaced] })], {
    hosts: { a: named('anna') },
  })
  assert.equal(story, ['a given own ok', 'a anna changed'])
})

test('a task that acts gives what its apply returned', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => {
          const made = key({})
          return [made, given({ made }, ({ made: { text } }) => [say({ text })])]
        },
      }),
    ],
    { hosts: one },
  )
  assert.equal(story, ['a key changed', 'a given made ok', 'a k1 changed'])
})

test('the value of a task without a turn before is refused before anything runs', async () => {
  const never = key({})
  const uses = given({ never }, ({ never: { text } }) => [say({ text })])
  for (const tasks of [[uses], [uses, never], [block([uses])]]) {
    const error = await rejects(
      () => run((play) => [play('p', { hosts: 'all', tasks: () => tasks })], { hosts: one }),
      'playbook-invalid',
      'play "p": the value of "key" is used, and the task has no turn before',
    )
    assert.match(error.place?.file ?? '', 'given.test.ts')
  }
})

test('steps that use the value of a task can make what its guard looks at', async () => {
  const plays = (play: PlayMaker<Record<string, unknown>>) => [
    play('p', {
      hosts: 'all',
      tasks: () => {
        const gives = defineTask({
          name: 'gives',
          description: 'Gives a value, unless there is a file.',
          params: noParams,
          guards: () => true,
          check: async ({ remote }) => ((await remote.exists('/made')) ? ok() : drift('/made')),
          apply: async () => ok('text'),
        })({})
        return [gives, given({ gives }, () => [touch({ path: '/made' })])]
      },
    }),
  ]
  const first = await run(plays, { hosts: one })
  assert.equal(first.story, ['a gives changed', 'a given gives ok', 'a /made changed'])
  const second = await run(plays, { hosts: { a: named('anna', { files: { '/made': 'x' } }) } })
  assert.equal(second.story, ['a gives ok', 'a given gives skipped'])
})

test('a task that this run leaves out gives no value', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => {
          const made = key({})
          return [made, given({ made }, ({ made: { text } }) => [say({ text }, { tags: 'x' })])]
        },
      }),
    ],
    { hosts: one, choose: (plan) => chooseByTags(plan, { tags: ['x'], skipTags: [] }) },
  )
  assert.equal(story, ['a given made skipped'])
})

test('blocks, rescue, parallel, background, handlers and further values work inside', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          given({ own: name({}) }, ({ own }) => {
            const beside = background(say({ text: `beside ${own}` }))
            return [
              beside,
              join(beside),
              block([say({ text: 'fail' })], {
                rescue: [say({ text: `rescue ${own}` }, { notify: 'reload' })],
              }),
              flushHandlers(),
              parallel([say({ text: 'p1' })]),
              given({ os: kernel({}) }, ({ os }) => [say({ text: `${own} ${os}` }, { notify: 'reload' })]),
            ]
          }),
          say({ text: 'end' }),
        ],
        handlers: () => ({ reload: say({ text: 'reload' }) }),
      }),
    ],
    { hosts: one },
  )
  assert.equal(story, [
    'a given own ok',
    'a beside anna changed',
    'a fail rescued',
    'a rescue anna changed',
    'a reload changed',
    'a p1 changed',
    'a given os ok',
    'a anna linux changed',
    'a end changed',
    'a reload changed',
  ])
})

test('options hold for what is made; oncePer for each task of it', async () => {
  const { story, ends } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          given({ os: kernel({}) }, ({ os }) => [say({ text: os })], {
            oncePer: 'run',
            title: 'of the kernel',
          }),
          given({ os: kernel({}) }, ({ os }) => [say({ text: os })], { when: () => false }),
          given({ os: kernel({}) }, () => [say({ text: 'fail' })], { ignoreErrors: true }),
          given({ os: kernel({}) }, ({ os }) => [say({ text: `${os} on b` })], { on: 'b' }),
        ],
      }),
    ],
    { hosts: { a: named('anna'), b: named('bert') } },
  )
  const of = (host: string) => story.filter((line) => line.startsWith(host)).toSorted()
  assert.equal(
    [...of('a'), ...of('b')].filter(
      (line) => line.endsWith('linux changed') || line.endsWith('linux skipped'),
    ).length,
    2,
  )
  assert.equal(story.filter((line) => line.endsWith(' linux changed')).length, 1)
  assert.equal(story.filter((line) => line.endsWith(' fail ignored')).length, 2)
  assert.equal(story.filter((line) => line.endsWith('of the kernel ok')).length, 2)
  assert.ok(ends.some(({ task }) => task.title === 'linux on b' && task.on === 'b' && task.host === 'a'))
})

test('steps with values of the same title have numbers', async () => {
  const reads = () => given({ own: name({}) }, () => [])
  const tasks = () => [reads(), block([reads()]), given({ os: kernel({}) }, () => [reads()]), reads()]
  const { story } = await run(playOf(tasks), { hosts: one })
  assert.equal(story, [
    'a given own ok',
    'a given own (2) ok',
    'a given os ok',
    'a given own ok',
    'a given own (3) ok',
  ])
})

test('two tasks of one title, one of them made from a value, are each done once for all', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          say({ text: 'x' }, { oncePer: 'run' }),
          given({ os: kernel({}) }, () => [say({ text: 'x' }, { oncePer: 'run' })]),
          say({ text: 'x' }, { oncePer: 'run' }),
        ],
      }),
    ],
    { hosts: { a: named('anna'), b: named('bert') } },
  )
  assert.is(story.filter((line) => line.endsWith(' x changed')).length, 3)
})

test('tags choose among the tasks that are made', async () => {
  const choose =
    (tags: string[], skipTags: string[] = []) =>
    async () => {
      const { story } = await run(
        (play) => [
          play('p', {
            hosts: 'all',
            tasks: () => [
              say({ text: 'before' }),
              given({ own: name({}) }, ({ own }) => [
                say({ text: own }, { tags: 'x' }),
                say({ text: 'y' }, { tags: 'y' }),
                say({ text: 'never' }, { tags: 'never' }),
              ]),
              given({ own: name({}) }, () => [say({ text: 'z' })], { tags: 'z' }),
            ],
          }),
        ],
        { hosts: one, choose: (plan) => chooseByTags(plan, { tags, skipTags }) },
      )
      return story
    }
  assert.equal(await choose(['x'])(), ['a given own ok', 'a anna changed', 'a given own (2) ok'])
  assert.equal(await choose([], ['z'])(), [
    'a before changed',
    'a given own ok',
    'a anna changed',
    'a y changed',
  ])
})

test('an unchanged play takes at most one round trip more for each step with values, and one message for their fact', async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`/f${n}`, 'x']))
  const cost = async (
    withValues: boolean,
  ): Promise<{ readonly trips: number; readonly messages: number }> => {
    const host = distant(named('anna', { files }))
    const paths = (from: number) => Array.from({ length: 10 }, (_, n) => touch({ path: `/f${from + n}` }))
    await run(
      (play) => [
        play('p', {
          hosts: 'all',
          tasks: () =>
            [0, 10, 20].flatMap((from): Step[] =>
              withValues ? [given({ own: name({}) }, () => paths(from))] : paths(from),
            ),
        }),
      ],
      { hosts: { a: host } },
    )
    return { trips: host.roundTrips(), messages: host.log.length }
  }
  const [plain, made] = [await cost(false), await cost(true)]
  assert.ok(made.trips <= plain.trips + 3, `${made.trips} round trips, and ${plain.trips} without values`)
  // each file is looked at once, and the fact is read once
  assert.is(plain.messages, 30)
  assert.is(made.messages, 31)
})

test('steps beside each other are each looked at once, also those before the one that came first', async () => {
  const paths = (from: string) => Array.from({ length: 3 }, (_, n) => touch({ path: `/${from}${n}` }))
  const files = Object.fromEntries(
    ['a', 'b', 'c'].flatMap((from) => paths(from)).map(({ title }) => [title, 'x']),
  )
  const host = distant(named('anna', { files }))
  const { story } = await run(
    playOf(() => [
      parallel([
        block(paths('a'), { when: async ({ fact }) => (await fact(name({}))) === 'anna' }),
        given({ own: name({}) }, () => paths('b')),
        block(paths('c')),
      ]),
    ]),
    { hosts: { a: host } },
  )
  assert.is(story.length, 10)
  assert.is(host.log.length, 10)
})

test('a run can start at a step with values, by its title, and not at a task that it makes', async () => {
  const tasks = () => [
    say({ text: '1' }),
    given({ own: name({}) }, ({ own }) => [say({ text: own })]),
    say({ text: '2' }),
  ]
  const { story } = await run(playOf(tasks), { hosts: one, choose: (plan) => startAt(plan, 'given own') })
  assert.equal(story, ['a given own ok', 'a anna changed', 'a 2 changed'])
  await rejects(
    () => run(playOf(tasks), { hosts: one, choose: (plan) => startAt(plan, 'anna') }),
    'usage',
    'no task to start at: anna',
  )
})
