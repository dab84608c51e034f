import * as assert from 'uvu/assert'
import { block, flushHandlers } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { suite } from '../../support/spec.ts'
import { dead, hi, on, run, say, touch, usual } from '../site.ts'
import { kernel, name, named } from '../values-site.ts'

const test = suite('conditions')

test('the condition of a block is evaluated once, before its first task', async () => {
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
  assert.is(ends.at(-1)?.why, 'the condition of its block is false')
})

test('if the condition of a block fails, the block fails', async () => {
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

test('when on outcomes: a task runs only where an earlier one changed something', async () => {
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

test('the condition of a block on an unreachable host makes the host unreachable', async () => {
  const { story, exit } = await on(
    () => [block([hi('x')], { ignoreErrors: true, when: ({ remote }) => remote.exists('/x') })],
    { hosts: { a: dead } },
  )
  assert.equal(story, ['a x unreachable'])
  assert.is(exit, 4)
})

test('if the condition of a block fails, ignoreErrors of its first task does not apply', async () => {
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

test('under --check, the condition of a block can depend on a predicted change', async () => {
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

test('a condition also applies to a block without a task', async () => {
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

test('a condition must return true or false; text is a failure', async () => {
  // as it comes from JavaScript, or from a value without a type
  const answer = (value: unknown) => ({ when: () => JSON.parse(JSON.stringify(value)) })
  for (const value of ['false', 0, null, []]) {
    const { story, ends } = await on(() => [say({ text: 'hi' }, answer(value))])
    assert.equal(story, ['a hi failed'])
    assert.is(ends[0]?.error?.code, 'author-error')
    assert.match(ends[0]?.error?.message ?? '', 'a condition (when) returned')
  }
  const inBlock = await on(() => [block([hi('hi')], answer('no'))])
  assert.equal(inBlock.story, ['a hi failed'])
})

test('under --check, a condition on a fact is unknown where an earlier task would change its host; not on one that is fixed', async () => {
  const steps = (): readonly Step[] => [
    say({ text: 'before' }, { when: async ({ fact }) => (await fact(name({}))) === 'bert' }),
    touch({ path: '/x' }, { when: ({ host }) => host.name === 'a' }),
    say({ text: '1' }, { when: async ({ fact }) => (await fact(name({}))) === 'anna' }),
    say({ text: '2' }, { when: async ({ fact }) => (await fact(kernel({}))) !== 'linux' }),
    block([touch({ path: '/y' })], { when: async ({ fact }) => (await fact(name({}))) === 'anna' }),
  ]
  const plays: Parameters<typeof run>[0] = (play) => [
    play('1', { hosts: 'all', tasks: steps }),
    play('2', {
      hosts: 'b',
      tasks: () => [
        say(
          { text: 'of a' },
          { when: async ({ on: of }) => (await (await of('a')).fact(name({}))) === 'anna' },
        ),
      ],
    }),
  ]
  const hosts = { a: named('anna'), b: named('anna', { files: { '/y': '' } }) }
  const { story, ends } = await run(plays, { hosts, checkMode: true, forks: 1 })
  assert.equal(story, [
    'a before skipped',
    'a /x would change',
    'a 1 unknown',
    'a 2 skipped',
    'a /y unknown',
    'b before skipped',
    'b /x skipped',
    'b 1 would change',
    'b 2 skipped',
    'b /y unknown',
    'b of a unknown',
  ])
  assert.match(
    ends[2]?.why ?? '',
    'the fact "name" is not known: it may change: "/x" would change a before it is read',
  )
})
