import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { Script } from '../../../engine/connection/scripted.ts'
import { given } from '../../../engine/dsl/given.ts'
import { on, onEach, orElse } from '../../../engine/dsl/value-source.ts'
import { background, block, flushHandlers, join, parallel } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { pick } from '../../../engine/dsl/select.ts'
import { drift, ok } from '../../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { mask, Secret } from '../../../engine/secret.ts'
import { chooseByTags } from '../../../engine/run/plan/tags.ts'
import type { PlayMaker } from '../../../engine/dsl/play.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { run, say, touch, usual } from '../site.ts'
import { distant } from '../round-trips.ts'

const test = suite('steps made from values')

const noParams = z.object({})
/** A name that the compiler does not know. */
const unknownHandler: string = ['nothing'].join('')

/** A fact that can change: what `name` prints. */
const name = defineTask({
  name: 'name',
  description: 'Reads a name.',
  params: noParams,
  check: async ({ remote }) => ok(await remote.query`name`.text()),
})
/** A fact that cannot. */
const kernel = defineTask({
  name: 'kernel',
  description: 'Reads the kernel.',
  params: noParams,
  fixed: true,
  check: async ({ remote }) => ok(await remote.query`kernel`.text()),
})
/** A task that acts, and gives what it printed. */
const key = defineTask({
  name: 'key',
  description: 'Makes a key.',
  params: z.object({ creates: z.string().optional() }),
  checkable: ({ creates }) => creates !== undefined,
  guards: ({ creates }) => creates !== undefined,
  check: async ({ remote }, { creates = '' }) => ((await remote.exists(creates)) ? ok() : drift('key')),
  apply: async ({ remote }, { creates }) => {
    const text = await remote.run`make-key`.text()
    if (creates !== undefined) await remote.write(creates, text)
    return ok({ text })
  },
})
const lost = (): never => {
  throw new CoxswainError('connect-failed', 'no route')
}
const named = (text: string, more: Script = {}): Script => ({
  ...more,
  replies: [[/^name$/, text], [/^kernel$/, 'linux'], [/^make-key$/, 'k1'], ...(usual.replies ?? [])],
})
const one = { a: named('anna') }

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

test('a task that had nothing to do gives no value: the steps are skipped, unless there is another value', async () => {
  const { story, ends } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => {
          const made = key({ creates: '/key' })
          return [
            made,
            given({ made }, ({ made: { text } }) => [say({ text })]),
            given({ made: orElse(made, { text: 'old' }) }, ({ made: { text } }) => [say({ text })]),
          ]
        },
      }),
    ],
    { hosts: { a: named('anna', { files: { '/key': 'k0' } }) } },
  )
  assert.equal(story, ['a key ok', 'a given made skipped', 'a given made ok', 'a old changed'])
  assert.match(ends[1]?.why ?? '', 'made from key: the task had nothing to do')
})

test('a skipped task gives no value', async () => {
  const { story, ends } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => {
          const made = key({}, { when: () => false })
          return [made, given({ made }, ({ made: { text } }) => [say({ text })])]
        },
      }),
    ],
    { hosts: one },
  )
  assert.equal(story, ['a key skipped', 'a given made skipped'])
  assert.match(ends[1]?.why ?? '', 'made from key: the task was skipped')
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

test('the value of a task of an earlier play', async () => {
  const made = key({})
  const { story } = await run(
    (play) => [
      play('1', { hosts: 'all', tasks: () => [made] }),
      play('2', { hosts: 'all', tasks: () => [given({ made }, ({ made: { text } }) => [say({ text })])] }),
      play('3', {
        hosts: 'b',
        tasks: () => [given({ of: on('a', made) }, ({ of: { text } }) => [say({ text })])],
      }),
    ],
    { hosts: { a: named('anna'), b: named('bert') } },
  )
  assert.is(story.filter((line) => line.endsWith('k1 changed')).length, 3)
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

test('values of other hosts: one, all, and what takes the place of an unreachable one', async () => {
  const hosts = { a: named('anna'), b: named('bert'), c: { replies: [[/^name$/, lost]] } satisfies Script }
  const { story, ends } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          given({ b: on('b', name({})) }, ({ b }) => [say({ text: b })]),
          given({ all: onEach('a:b', name({})) }, ({ all }) => [
            say({ text: all.map(({ host, value }) => `${host}=${value}`).join(' ') }),
          ]),
          given({ all: orElse(onEach('all', name({})), 'nobody') }, ({ all }) => [
            say({ text: all.map(({ value }) => value).join(' ') }),
          ]),
          given({ c: on('c', name({})) }, ({ c }) => [say({ text: c })]),
        ],
      }),
    ],
    { hosts },
  )
  assert.equal(story, [
    'a given b ok',
    'a bert changed',
    'a given all ok',
    'a a=anna b=bert changed',
    'a given all ok',
    'a anna bert nobody changed',
    'a given c failed',
  ])
  assert.is(ends.at(-1)?.error?.host, 'c')
})

test('a fact is read again after a change, one that is fixed is not', async () => {
  let text = 'before'
  const host: Script = {
    replies: [
      [/^name$/, () => text],
      [/^kernel$/, () => text],
      [/^say change$/, () => ((text = 'after'), '')],
      [/^say /, ''],
    ],
  }
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => {
          const both = () =>
            given({ can: name({}), cannot: kernel({}) }, ({ can, cannot }) => [
              say({ text: `${can} ${cannot}` }),
            ])
          return [both(), say({ text: 'change' }), both()]
        },
      }),
    ],
    { hosts: { a: host } },
  )
  assert.equal(story, [
    'a given can, cannot ok',
    'a before before changed',
    'a change changed',
    'a given can, cannot ok',
    'a after before changed',
  ])
})

test('under --check, what depends on a predicted change is unknown, with the reason; fixed facts are known', async () => {
  const { story, ends, exit } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => {
          const made = key({ creates: '/key' })
          return [
            given({ own: name({}) }, ({ own }) => [touch({ path: `/${own}` })]),
            made,
            given({ made }, ({ made: { text } }) => [say({ text })]),
            given({ own: name({}) }, ({ own }) => [say({ text: own })]),
            given({ os: kernel({}) }, ({ os }) => [touch({ path: `/${os}` })]),
          ]
        },
      }),
    ],
    { hosts: { a: named('anna', { files: { '/anna': '' } }) }, checkMode: true },
  )
  assert.equal(story, [
    'a given own ok',
    'a /anna ok',
    'a key would change',
    'a given made unknown',
    'a given own unknown',
    'a given os ok',
    'a /linux would change',
  ])
  assert.match(ends[3]?.why ?? '', 'made from key: the task gives it when it acts')
  assert.match(ends[4]?.why ?? '', 'own from name: it may change: "key" would change a before it is read')
  assert.is(exit, 0)
})

test('a fact that was read before a predicted change is not used after it', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          given({ own: name({}) }, () => []),
          touch({ path: '/x' }),
          given({ own: name({}) }, ({ own }) => [say({ text: own })]),
        ],
      }),
    ],
    { hosts: one, checkMode: true },
  )
  assert.equal(story, ['a given own ok', 'a /x would change', 'a given own unknown'])
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

test('an unknown handler and what the author throws are errors at the line of the author', async () => {
  const { ends } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          given({ own: name({}) }, ({ own }) => [say({ text: own }, { notify: unknownHandler })], {
            ignoreErrors: true,
          }),
          given(
            { own: name({}) },
            () => {
              throw new Error('oops')
            },
            { ignoreErrors: true },
          ),
          given({ own: name({}) }, () => [say] as never),
        ],
      }),
    ],
    { hosts: one },
  )
  assert.equal(
    ends.map(({ outcome }) => outcome),
    ['ignored', 'ignored', 'failed'],
  )
  assert.match(ends[0]?.error?.message ?? '', 'no handler is named "nothing"')
  assert.match(ends[1]?.error?.message ?? '', 'play "p": oops')
  assert.match(ends[1]?.error?.place?.file ?? '', 'given.test.ts')
  assert.match(ends[2]?.error?.message ?? '', 'given(…) does not return a list of tasks')
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
  assert.equal(await choose(['x'])(), ['a given own ok', 'a anna changed', 'a given own ok'])
  assert.equal(await choose([], ['z'])(), [
    'a before changed',
    'a given own ok',
    'a anna changed',
    'a y changed',
  ])
})

test('a secret value stays masked', async () => {
  const secret = defineTask({
    name: 'secret',
    description: 'Reads a secret.',
    params: noParams,
    check: async ({ remote }) => ok(new Secret(await remote.query`name`.text())),
  })
  const { events } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          given({ token: secret({}) }, ({ token }) => [say({ text: `token ${token.reveal()}` })]),
        ],
      }),
    ],
    { hosts: { a: named('correct-horse-battery') } },
  )
  assert.not.match(JSON.stringify(events), 'correct-horse')
  assert.match(JSON.stringify(events), `token ${mask}`)
})

test('a condition reads what a task gave', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => {
          const made = key({})
          const own = name({})
          return [
            made,
            own,
            say({ text: '1' }, { when: ({ outputOf }) => outputOf(made)?.text === 'k1' }),
            say({ text: '2' }, { when: ({ outputOf }) => outputOf(own) === 'bert' }),
          ]
        },
      }),
    ],
    { hosts: one },
  )
  assert.equal(story, ['a key changed', 'a name ok', 'a 1 changed', 'a 2 skipped'])
})

test('the value of one host that acted for all is the value of all', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => {
          const made = key({}, { oncePer: 'run' })
          return [made, given({ made }, ({ made: { text } }) => [say({ text })])]
        },
      }),
    ],
    { hosts: { a: named('anna'), b: named('bert') } },
  )
  assert.is(story.filter((line) => line.endsWith(' k1 changed')).length, 2)
})

test('a picked host is not picked before the turn of the step', async () => {
  const first = pick('first', { hosts: 'all', prefer: [touch({ path: '/there' })], become: false })
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          touch({ path: '/there' }),
          given({ own: on(first, name({})) }, ({ own }) => [say({ text: own })]),
        ],
      }),
    ],
    { hosts: { b: named('bert'), a: named('anna') } },
  )
  assert.equal(story, ['a /there changed', 'a given own ok', 'a anna changed'])
})

test('an unchanged play takes at most one round trip more for each step with values', async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`/f${n}`, 'x']))
  const trips = async (withValues: boolean): Promise<number> => {
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
    return host.roundTrips()
  }
  const [plain, made] = [await trips(false), await trips(true)]
  assert.ok(made <= plain + 3, `${made} round trips, and ${plain} without values`)
})

test('facts that differ only in a secret or a function are different facts', async () => {
  const echo = defineTask({
    name: 'echo',
    description: 'Reads what it is given.',
    params: z.object({ word: z.custom<Secret>().optional(), of: z.custom<() => string>().optional() }),
    fixed: true,
    check: (_, { word, of }) => ok(word?.reveal() ?? of?.() ?? ''),
  })
  const closure = (text: string) => echo({ of: () => text })
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          given(
            {
              a: echo({ word: new Secret('a-word') }),
              b: echo({ word: new Secret('b-word') }),
              c: closure('c'),
              d: closure('d'),
            },
            ({ a, b, c, d }) => [say({ text: [a.length, a === b, c, d].join(' ') })],
          ),
        ],
      }),
    ],
    { hosts: one },
  )
  assert.equal(story, ['a given a, b, c, d ok', 'a 6 false c d changed'])
})
