import * as assert from 'uvu/assert'
import { block } from '../../../engine/dsl/step.ts'
import { batchesOf, checkSerial } from '../../../engine/run/plan/batches.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { dead, fails, run, say, usual } from '../site.ts'
import type { Site } from '../site.ts'

const test = suite('batches and limits')

const hosts = (names: string, unreachable = ''): NonNullable<Site['hosts']> =>
  Object.fromEntries(Array.from(names).map((name) => [name, unreachable.includes(name) ? dead : usual]))

test('serial takes numbers, percentages and lists', () => {
  const ten = Array.from({ length: 10 }, (_, index) => index)
  const sizes = (serial: Parameters<typeof checkSerial>[1]): number[] =>
    batchesOf(ten, checkSerial('p', serial)).map(({ length }) => length)
  assert.equal(sizes(undefined), [10])
  assert.equal(sizes(3), [3, 3, 3, 1])
  assert.equal(sizes('25%'), [2, 2, 2, 2, 2])
  assert.equal(
    sizes('1%'),
    Array.from({ length: 10 }, () => 1),
  )
  assert.equal(sizes([1, '30%', '100%']), [1, 3, 6])
  assert.equal(sizes([1, 2]), [1, 2, 2, 2, 2, 1])
})

for (const wrong of [0, -1, 1.5, Number.NaN, '0%', '101%', '5' as `${number}%`, [] as number[]] as const) {
  test(`serial refuses ${JSON.stringify(wrong)}`, () => {
    assert.throws(() => checkSerial('p', wrong), /serial is/)
  })
}

test('pain 11: a rolling update is stopped by an unreachable host', async () => {
  const { story, exit } = await run(
    (play) => [
      play('drain, upgrade', { hosts: 'web', serial: 1, tasks: () => [say({ text: 'drain' })] }),
      play('next', { hosts: 'web', tasks: () => [say({ text: 'never' })] }),
    ],
    { hosts: hosts('abc', 'b') },
  )
  assert.equal(story, ['a drain changed', 'b drain unreachable'])
  assert.is(exit, 4)
})

test('pain 24: a failure limit applies to all batches, and counts unreachable hosts', async () => {
  const rolling = (maxFailPercentage: number, unreachable: string) =>
    run(
      (play) => [
        play('p', {
          hosts: 'web',
          serial: 2,
          maxFailPercentage,
          tasks: ({ host }) => [host.name === 'a' ? fails() : say({ text: 'x' })],
        }),
      ],
      { hosts: hosts('abcdef', unreachable), forks: 1 },
    )
  const within = await rolling(50, '')
  assert.equal(within.story, [
    'a fail failed',
    'b x changed',
    'c x changed',
    'd x changed',
    'e x changed',
    'f x changed',
  ])
  assert.is(within.exit, 2)
  const beyond = await rolling(50, 'b')
  assert.equal(beyond.story, ['a fail failed', 'b x unreachable'])
  const never = await rolling(49, '')
  assert.equal(never.story, ['a fail failed'])
})

test('hosts that failed within the limit are excluded from later plays', async () => {
  const { story, exit, events } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        maxFailPercentage: 40,
        tasks: ({ host }) => [host.name === 'b' ? fails() : say({ text: 'x' })],
      }),
      play('q', { hosts: 'web', tasks: () => [say({ text: 'y' })] }),
    ],
    { forks: 1 },
  )
  assert.equal(story, ['a x changed', 'b fail failed', 'c x changed', 'a y changed', 'c y changed'])
  assert.is(exit, 2)
  const standings = events.flatMap((event) =>
    event.type === 'host-end' ? [`${event.play} ${event.host} ${event.standing}`] : [],
  )
  assert.equal(standings, ['0 a well', '0 b failed', '0 c well', '1 a well', '1 c well'])
})

test('anyErrorsFatal stops the others before their next task', async () => {
  let release = (): void => {}
  const slow = {
    replies: [
      [/^say first$/, () => new Promise<string>((resolve) => (release = () => resolve('')))],
      [/^say /, ''],
    ] as const,
  }
  const { story, events, exit } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        anyErrorsFatal: true,
        tasks: () => [say({ text: 'first' }), say({ text: 'never' })],
      }),
    ],
    {
      hosts: { a: slow, b: { replies: [[/^say /, { code: 1, stderr: 'no' }]] } },
      // the slow host ends its task when the other one has failed
      onEvent: (event) => {
        if (event.type === 'host-end' && event.host === 'b') release()
      },
    },
  )
  assert.equal(story.toSorted(), ['a first changed', 'b first failed'])
  assert.is(exit, 2)
  const standings = events.flatMap((event) =>
    event.type === 'host-end' ? [`${event.host} ${event.standing}`] : [],
  )
  assert.equal(standings.toSorted(), ['a stopped', 'b failed'])
})

test('maxFailPercentage is a percentage', async () => {
  await rejects(
    () => run((play) => [play('p', { hosts: 'web', maxFailPercentage: 101, tasks: () => [] })]),
    'playbook-invalid',
    'maxFailPercentage is 101',
  )
})

test('ignoreErrors continues and is reported, but does not ignore an unreachable host', async () => {
  const plays: Parameters<typeof run>[0] = (play) => [
    play('p', { hosts: 'web', tasks: () => [fails({ ignoreErrors: true }), say({ text: 'on' })] }),
  ]
  const { story, exit, recap } = await run(plays, { hosts: hosts('a') })
  assert.equal(story, ['a fail ignored', 'a on changed'])
  assert.is(exit, 0)
  assert.is(recap[0]?.counts.ignored, 1)
  const gone = await run(plays, { hosts: hosts('a', 'a') })
  assert.equal(gone.story, ['a fail unreachable'])
})

test('anyErrorsFatal stops the others when a task has failed, before its host has cleaned up', async () => {
  const { story } = await run((play) => [
    play('p', {
      hosts: 'web',
      strategy: 'linear',
      anyErrorsFatal: true,
      tasks: ({ host }) => [
        block([host.name === 'a' ? fails() : say({ text: '1' }), say({ text: '2' })], {
          always: [say({ text: 'tidy' })],
        }),
      ],
    }),
  ])
  assert.equal(story.toSorted(), [
    'a fail failed',
    'a tidy changed',
    'b 1 changed',
    'b tidy changed',
    'c 1 changed',
    'c tidy changed',
  ])
})

test('a play that ended because of failures names the reason and the hosts that did not complete it', async () => {
  const noteOf = async (plays: Parameters<typeof run>[0], names: string): Promise<string | undefined> => {
    const { events } = await run(plays, { hosts: hosts(names), forks: 1 })
    const [end] = events.flatMap((event) => (event.type === 'play-end' ? [event] : []))
    return end?.note
  }
  const rolling =
    (options: object): Parameters<typeof run>[0] =>
    (play) => [
      play('p', {
        hosts: 'web',
        serial: 2,
        ...options,
        tasks: ({ host }) => [host.name === 'a' ? fails() : say({ text: 'x' })],
      }),
    ]
  assert.is(
    await noteOf(rolling({ maxFailPercentage: 20 }), 'abcdefgh'),
    '1 of 2 hosts of the batch failed, more than 20 %; not completed on: b, c, d, e, 3 more',
  )
  assert.is(await noteOf(rolling({}), 'abcd'), '1 of 2 hosts of the batch failed; not completed on: c, d')
  assert.is(
    await noteOf(rolling({ anyErrorsFatal: true }), 'abc'),
    'a failed, which stops all hosts (anyErrorsFatal); not completed on: b, c',
  )
  assert.is(await noteOf(rolling({}), 'ab'), undefined)
  assert.is(await noteOf(rolling({ maxFailPercentage: 50 }), 'abcd'), undefined)
})
