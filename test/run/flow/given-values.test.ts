import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { Script } from '../../../engine/connection/scripted.ts'
import { given } from '../../../engine/dsl/given.ts'
import { on, onEach, orElse } from '../../../engine/dsl/value-source.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import type { TaskOptions } from '../../../engine/dsl/types.ts'
import { pick } from '../../../engine/dsl/select.ts'
import { ok } from '../../../engine/dsl/verdict.ts'
import { mask, Secret } from '../../../engine/secret.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { run, say, touch } from '../site.ts'
import { kernel, key, lost, name, named, noParams, one, playOf } from '../values-site.ts'

const test = suite('values of steps')

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
  assert.equal(story, ['a key ok', 'a given made skipped', 'a given made (2) ok', 'a old changed'])
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
          given({ all: orElse(onEach('all', name({})), 'none') }, ({ all }) => [
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
    'a given all (2) ok',
    'a anna bert none changed',
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
    'a given can, cannot (2) ok',
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
    'a given own (2) unknown',
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
  assert.equal(story, ['a given own ok', 'a /x would change', 'a given own (2) unknown'])
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

test('facts of one name and other definitions are different facts', async () => {
  const version = (text: string) =>
    defineTask({ name: 'version', description: 'Reads a version.', params: noParams, check: () => ok(text) })(
      {},
    )
  const { story } = await run(
    playOf(() => [given({ a: version('1'), b: version('2') }, ({ a, b }) => [say({ text: `${a} ${b}` })])]),
    { hosts: one },
  )
  assert.equal(story, ['a given a, b ok', 'a 1 2 changed'])
})

test('under --check, outputs of other hosts and of earlier plays are unknown, for conditions too', async () => {
  const made = key({})
  const { story } = await run(
    (play) => [
      play('1', {
        hosts: 'a',
        tasks: () => [made, say({ text: 'if' }, { when: ({ outputOf }) => outputOf(made)?.text === 'k1' })],
      }),
      play('2', {
        hosts: 'all',
        tasks: () => [
          given({ of: orElse(on('a', made), { text: 'none' }) }, ({ of: { text } }) => [say({ text })]),
        ],
      }),
    ],
    { hosts: { a: named('anna'), b: named('bert') }, checkMode: true },
  )
  assert.equal(story.toSorted(), [
    'a given of unknown',
    'a if unknown',
    'a key would change',
    'b given of unknown',
  ])
})

test('a fact with options that would have no effect, and a task that waits, are refused', async () => {
  const all: TaskOptions[] = [{ on: 'b' }, { when: () => false }, { timeout: 1 }, { oncePer: 'run' }]
  for (const options of all)
    await rejects(
      () => given({ own: name.from({}, options) }, () => []),
      'playbook-invalid',
      `given(…): own (name): the option ${Object.keys(options)[0]} has no effect on a fact`,
    )
})
