import * as assert from 'uvu/assert'
import { CoxswainError } from '../../../engine/errors.ts'
import { suite } from '../../support/spec.ts'
import { dead, fails, run, say, touch, usual } from '../site.ts'

const test = suite('once')

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

test('once: the first host whose condition is true runs it; a failure counts for all', async () => {
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

test('once: two equal tasks are two tasks', async () => {
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

test('once: only the host that runs it is notified, and --check predicts the same', async () => {
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

test('once: a host that was never reached has not run it', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        strategy: 'linear',
        tasks: () => [say({ text: 'x' }, { oncePer: 'run' })],
      }),
    ],
    { hosts: { a: dead, b: usual, c: usual } },
  )
  assert.equal(story, ['a x unreachable', 'b x changed', 'c x skipped'])
})

test('once: a host with a malformed answer may have run it, so no other host runs it', async () => {
  const babbling = {
    ...dead,
    execute: async () => {
      throw new CoxswainError('protocol-error', 'an answer that is not one')
    },
  }
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        strategy: 'linear',
        tasks: () => [say({ text: 'x' }, { oncePer: 'run' })],
      }),
    ],
    { hosts: { a: babbling, b: usual, c: usual } },
  )
  assert.equal(story, ['a x unreachable', 'b x failed', 'c x failed'])
})
