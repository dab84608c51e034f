import * as assert from 'uvu/assert'
import { flushHandlers, parallel } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { z } from 'zod'
import { defineTask } from '../../../engine/dsl/task.ts'
import { unknown } from '../../../engine/dsl/verdict.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, say, touch, usual } from '../site.ts'

const test = suite('handlers')

const one = { hosts: { a: usual } }
test('a topic runs every handler that listens to it once, in the order of the handlers', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          touch({ path: '/1' }, { notify: 'web config' }),
          touch({ path: '/2' }, { notify: ['web config', 'two'] }),
        ],
        handlers: () => ({
          one: say({ text: 'one' }, { listen: 'web config' }),
          never: say({ text: 'never' }),
          two: say({ text: 'two' }, { listen: ['web config'] }),
        }),
      }),
    ],
    one,
  )
  assert.equal(story, ['a /1 changed', 'a /2 changed', 'a one changed', 'a two changed'])
})

test('a handler can notify another one, at any position', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [touch({ path: '/1' }, { notify: 'b' })],
        handlers: () => ({ a: say({ text: 'A' }), b: say({ text: 'B' }, { notify: 'a' }) }),
      }),
    ],
    one,
  )
  assert.equal(story, ['a /1 changed', 'a B changed', 'a A changed'])
})

test('handlers run after an ignored or rescued failure', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [fails({ notify: 'restart', ignoreErrors: true })],
        handlers: () => ({ restart: say({ text: 'restart' }) }),
      }),
    ],
    one,
  )
  assert.equal(story, ['a fail ignored', 'a restart changed'])
})

test('a topic without a listener is an error, with the nearest name', async () => {
  const error = await rejects(
    () =>
      run(
        (play) => [
          play('p', {
            hosts: 'a',
            // as from JavaScript: the compiler would refuse it
            tasks: (): Step[] => [touch({ path: '/1' }, { notify: 'web confg' })],
            handlers: () => ({ one: say({ text: 'one' }, { listen: 'web config' }) }),
          }),
        ],
        one,
      ),
    'playbook-invalid',
    'no handler is named "web confg"',
  )
  assert.match(error.hint, 'did you mean "web config"?')
  assert.match(error.place?.file ?? '', /handlers\.test\.ts$/)
})

test('a handler can be notified as a value, also where the lists of tasks and handlers each make their own', async () => {
  const restart = say({ text: 'restart' })
  const role = () => ({ reload: say({ text: 'reload' }) })
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          touch({ path: '/1' }, { notify: restart }),
          touch({ path: '/2' }, { notify: [role().reload, 'last'] }),
        ],
        handlers: () => ({ ...role(), restart, last: say({ text: 'last' }) }),
      }),
    ],
    one,
  )
  assert.equal(story.slice(-3), ['a reload changed', 'a restart changed', 'a last changed'])
})

test('a notified task that is not a handler of the play is an error', async () => {
  const restart = say({ text: 'restart' })
  const error = await rejects(
    () =>
      run(
        (play) => [
          play('p', {
            hosts: 'a',
            tasks: () => [touch({ path: '/1' }, { notify: restart })],
            handlers: () => ({ other: say({ text: 'other' }) }),
          }),
        ],
        one,
      ),
    'playbook-invalid',
    'is notified, but is not a handler',
  )
  assert.match(error.hint, 'add it to the play under `handlers`')
})

test('two concurrent flushes run a handler once', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          touch({ path: '/1' }, { notify: 'reload' }),
          parallel([flushHandlers(), flushHandlers()]),
        ],
        handlers: () => ({ reload: say({ text: 'reload' }) }),
      }),
    ],
    one,
  )
  assert.equal(story, ['a /1 changed', 'a reload changed'])
})

test('a handler that one host runs for all runs again after a new notification', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        tasks: () => [
          touch({ path: '/1' }, { notify: 'reload' }),
          flushHandlers(),
          touch({ path: '/2' }, { notify: 'reload' }),
        ],
        handlers: () => ({ reload: say({ text: 'reload' }, { oncePer: 'run' }) }),
      }),
    ],
    { hosts: { a: usual, b: usual }, forks: 1 },
  )
  assert.equal(
    story.filter((line) => line.includes('reload')),
    ['a reload changed', 'a reload changed', 'b reload skipped', 'b reload skipped'],
  )
})

test('under --check, the handler of an unknown task is also unknown', async () => {
  const guess = defineTask({
    name: 'guess',
    description: '',
    params: z.object({}),
    check: () => unknown('its package is not there yet'),
    apply: async () => {},
  })
  const plays: Parameters<typeof run>[0] = (play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [guess({}, { notify: 'restart' }), touch({ path: '/1' }, { notify: 'reload' })],
      handlers: () => ({ restart: say({ text: 'restart' }), reload: say({ text: 'reload' }) }),
    }),
  ]
  const { story } = await run(plays, { ...one, checkMode: true })
  assert.equal(story, ['a guess unknown', 'a /1 would change', 'a reload would change', 'a restart unknown'])
})
