import * as assert from 'uvu/assert'
import { flushHandlers, parallel } from '../../../engine/dsl/step.ts'
import { z } from 'zod'
import { defineTask } from '../../../engine/dsl/task.ts'
import { unknown } from '../../../engine/dsl/verdict.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, say, touch, usual } from '../site.ts'

const test = suite('handlers')

const one = { hosts: { a: usual } }
test('a topic calls every handler that listens to it, each once, in the order of the handlers', async () => {
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

test('a handler may notify another, wherever that stands', async () => {
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

test('a failure that is ignored, or rescued, does not keep handlers of what was changed from running', async () => {
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

test('a topic that nobody listens to is an error, with the nearest', async () => {
  const error = await rejects(
    () =>
      run(
        (play) => [
          play('p', {
            hosts: 'a',
            tasks: () => [touch({ path: '/1' }, { notify: 'web confg' })],
            handlers: () => ({ one: say({ text: 'one' }, { listen: 'web config' }) }),
          }),
        ],
        one,
      ),
    'playbook-invalid',
    'no handler is named "web confg"',
  )
  assert.match(error.hint, 'did you mean "web config"?')
})

test('two flushes at the same time run a handler once', async () => {
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

test('a handler that one host runs for all runs again when it is notified anew', async () => {
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

test('under --check a handler of what cannot be known is unknown, too', async () => {
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
