import * as assert from 'uvu/assert'
import { background, block, join } from '../../../engine/dsl/step.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { dead, fails, hi, on, run, say, touch, usual } from '../site.ts'

const test = suite('blocks')

test('a block runs in its place, and its rescue only when something fails', async () => {
  const { story, exit } = await on(() => [
    hi('1'),
    block([hi('2'), hi('3')], { rescue: [hi('never')], always: [hi('4')] }),
    hi('5'),
  ])
  assert.equal(story, ['a 1 changed', 'a 2 changed', 'a 3 changed', 'a 4 changed', 'a 5 changed'])
  assert.is(exit, 0)
})

test('a rescue handles a failure: the host continues, and the run does not fail', async () => {
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

test('a rescue that fails makes the host fail; always still runs', async () => {
  const { story, exit } = await on(() => [
    block([fails()], { rescue: [fails(), hi('never')], always: [hi('tidy')] }),
    hi('never'),
  ])
  assert.equal(story, ['a fail rescued', 'a fail failed', 'a tidy changed'])
  assert.is(exit, 2)
})

test('nested blocks: the nearest rescue handles the failure', async () => {
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

test('after a rescue, steps that ask how the first one went are skipped on a host that cannot be reached', async () => {
  const probe = hi('probe')
  const { story, exit } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: ({ host }) => {
          const first = say({ text: `probe ${host.name}` })
          return [
            block([first], { rescue: [say({ text: 'left out' }, { on: 'b' })] }),
            block([say({ text: 'drain' }, { on: 'b' }), hi('upgrade')], {
              when: ({ outcomeOf }) => outcomeOf(first) !== 'rescued',
            }),
          ]
        },
      }),
      play('q', { hosts: 'b', tasks: () => [probe] }),
    ],
    { hosts: { a: dead, b: usual } },
  )
  assert.equal(
    story.filter((line) => line.startsWith('a ')),
    ['a probe a rescued', 'a left out changed', 'a drain skipped', 'a upgrade skipped'],
  )
  assert.is(story.at(-1), 'b probe changed')
  assert.is(exit, 0)
})

test('pain 6: loops over blocks are plain loops', async () => {
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

test('mistakes of the author are reported before anything connects', async () => {
  const slow = background(hi('slow'))
  await rejects(() => on(() => [join(slow)]), 'playbook-invalid', 'was not started')
  await rejects(() => on(() => [slow, slow]), 'playbook-invalid', 'is used twice')
  // @ts-expect-error -- a task that was not called
  await rejects(() => on(() => [touch]), 'playbook-invalid', 'does not return a list of tasks')
  const misspelt: object = { resuce: [] }
  const error = await rejects(async () => block([], misspelt), 'playbook-invalid', 'unknown option resuce')
  assert.match(error.hint, 'did you mean rescue?')
})

test('--check runs a block in the same way', async () => {
  const { story } = await on(
    () => [block([touch({ path: '/x' })], { rescue: [hi('never')], always: [hi('tidy')] })],
    {
      checkMode: true,
    },
  )
  assert.equal(story, ['a /x would change', 'a tidy would change'])
})

test('a block that has not started when the run is stopped does not run its always', async () => {
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
