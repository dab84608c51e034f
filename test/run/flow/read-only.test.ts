/** Plays that only read refuse every task that can change a host, before it does anything. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { given } from '../../../engine/dsl/given.ts'
import { defineRole } from '../../../engine/dsl/role.ts'
import { pick } from '../../../engine/dsl/select.ts'
import { block } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { ok } from '../../../engine/dsl/verdict.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { run, say, sent, usual } from '../site.ts'

const test = suite('plays that only read')

const release = defineTask({
  name: 'release',
  description: '',
  params: z.object({}),
  check: async ({ remote }) => ok(await remote.query`ask release`.text()),
})

const host = { ...usual, replies: [[/^ask release$/, '12']] as const }

const readOnly = (tasks: () => readonly Step[]) =>
  run((play) => [play('look', { hosts: 'a', readOnly: true, tasks })], { hosts: { a: host } })

test('facts and tasks made from them run', async () => {
  const { story, exit } = await readOnly(() => [
    release(),
    given({ version: release() }, ({ version }) => [release({}, { title: `again ${version}` })]),
  ])
  assert.equal(story, ['a release ok', 'a given version ok', 'a again 12 ok'])
  assert.is(exit, 0)
})

test('a task that can change the host is refused before anything connects', async () => {
  await rejects(
    () => readOnly(() => [block([say({ text: 'hi' })])]),
    'playbook-invalid',
    'play "look" only reads, and the task say can change a host',
  )
  const greeter = defineRole({
    name: 'greeter',
    description: '',
    params: z.object({}),
    tasks: () => [say({ text: 'hi' })],
  })
  await rejects(() => readOnly(() => [greeter()]), 'playbook-invalid', 'the task say can change a host')
})

test('so is one that is made from values, at its turn, and nothing is done', async () => {
  const { story, ends, connections, exit } = await readOnly(() => [
    given({ version: release() }, ({ version }) => [say({ text: version })]),
  ])
  assert.equal(story, ['a given version failed'])
  assert.match(ends[0]?.error?.message ?? '', 'the task say can change a host')
  assert.equal(sent(connections['a']), ['ask release'])
  assert.is(exit, 2)
})

test('a play whose only host --limit leaves out is an error', async () => {
  const first = pick('the first', { hosts: 'web', prefer: [] })
  const { exit, story, events } = await run(
    (play) => [play('look', { hosts: first, readOnly: true, tasks: () => [release()] })],
    { hosts: { a: host, b: host }, limit: ['b'] },
  )
  assert.equal(story, [])
  assert.is(exit, 1)
  const stopped = events.flatMap((event) => (event.type === 'run-end' ? [event.stopped?.message] : []))
  assert.match(stopped[0] ?? '', 'play "look" reads on a, which --limit leaves out')
})
