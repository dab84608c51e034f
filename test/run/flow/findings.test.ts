/** Tasks that only look: their findings, and values that people see as a text. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineTask } from '../../../engine/dsl/task.ts'
import { ok } from '../../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { Secret } from '../../../engine/secret.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, say } from '../site.ts'

const test = suite('findings')

const finds = defineTask({
  name: 'finds',
  description: '',
  params: z.object({}),
  check: () => {
    throw new CoxswainError('finding', 'a certificate has expired')
  },
})

test('findings alone exit with 3, under --check too', async () => {
  for (const checkMode of [false, true]) {
    const { exit, story } = await run((play) => [play('p', { hosts: 'web', tasks: () => [finds()] })], {
      checkMode,
    })
    assert.equal(story, ['a finds failed', 'b finds failed', 'c finds failed'])
    assert.is(exit, 3)
  }
})

test('a finding beside a failure exits with 2', async () => {
  const { exit } = await run((play) => [
    play('p', { hosts: 'web', tasks: ({ host }) => [host.name === 'a' ? finds() : fails()] }),
  ])
  assert.is(exit, 2)
})

test('a handler that will never run is a failure beside findings too', async () => {
  const { exit, story } = await run((play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [say({ text: 'x' }, { notify: 'h' }), finds()],
      handlers: () => ({ h: say({ text: 'restart' }) }),
    }),
  ])
  assert.equal(story, ['a x changed', 'a finds failed'])
  assert.is(exit, 2)
})

test('no later play starts after a finding', async () => {
  const { story } = await run((play) => [
    play('p', { hosts: 'a', tasks: () => [finds()] }),
    play('later', { hosts: 'a', tasks: () => [say({ text: 'later' })] }),
  ])
  assert.equal(story, ['a finds failed'])
})

const release = defineTask({
  name: 'release',
  description: '',
  params: z.object({ secret: z.custom<Secret>() }),
  check: (_, { secret }) => ok({ name: 'bookworm', key: secret.reveal() }, { text: 'Debian bookworm' }),
})

const inventory = defineTask({
  name: 'inventory',
  description: '',
  params: z.object({ secret: z.custom<Secret>() }),
  check: (_, { secret }) =>
    ok({ [secret.reveal()]: 1, '********': [{ [secret.reveal()]: 2 }] }, { text: 'keys' }),
})

test('secrets are masked in the keys of a value too, and no entry is lost', async () => {
  const { events } = await run((play) => [
    play('p', { hosts: 'a', tasks: () => [inventory({ secret: new Secret('sesame-street') })] }),
  ])
  const values = events.flatMap((event) => (event.type === 'task-end' ? [event.value] : []))
  assert.equal(values, [{ '********': 1, '******** (2)': [{ '********': 2 }] }])
})

test('people see the text of a value, programs the value, masked', async () => {
  const { events } = await run((play) => [
    play('p', { hosts: 'a', tasks: () => [release({ secret: new Secret('sesame-street') })] }),
  ])
  const lines = events.flatMap((event) => (event.type === 'task-output' ? [event.line] : []))
  assert.equal(lines, ['Debian bookworm'])
  const values = events.flatMap((event) => (event.type === 'task-end' ? [event.value] : []))
  assert.equal(values, [{ name: 'bookworm', key: '********' }])
})
