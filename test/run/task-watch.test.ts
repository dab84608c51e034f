import * as assert from 'uvu/assert'
import { z } from 'zod'
import { scripted } from '../../engine/connection/scripted.ts'
import type { ApplyContext, CheckContext } from '../../engine/dsl/types.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { ok } from '../../engine/dsl/verdict.ts'
import type { Verdict } from '../../engine/dsl/verdict.ts'
import { suite } from '../support/spec.ts'
import { run } from './site.ts'
import type { Outcome } from './site.ts'

const test = suite('the end of a task')

const applying = (apply: (ctx: ApplyContext) => Promise<unknown>): Promise<Outcome> => {
  const task = defineTask({ name: 'it', description: '', params: z.object({}), apply })
  return run((play) => [play('p', { hosts: 'a', tasks: () => [task()] })], {
    hosts: {
      a: scripted({
        replies: [
          [/^fail/, { code: 1 }],
          [/./, ''],
        ],
      }),
    },
  })
}

const checking = (check: (ctx: CheckContext) => Promise<Verdict>): Promise<Outcome> => {
  const task = defineTask({ name: 'it', description: '', params: z.object({}), check })
  return run((play) => [play('p', { hosts: 'a', tasks: () => [task()] })], {
    hosts: { a: scripted({ replies: [[/./, '']] }) },
  })
}

test('a command that is never awaited does not run, and fails the task', async () => {
  const { story, ends } = await applying(async ({ remote }) => {
    // oxlint-disable-next-line typescript/no-floating-promises, no-unused-expressions -- this is the mistake
    remote.run`touch x`
  })
  assert.equal(story, ['a it failed'])
  assert.match(ends[0]?.error?.message ?? '', 'never awaited, so it did not run: touch x')
  const check = await checking(async ({ remote }) => {
    // oxlint-disable-next-line typescript/no-floating-promises, no-unused-expressions -- this is the mistake
    remote.query`test -e x`
    return ok()
  })
  assert.equal(check.story, ['a it failed'])
})

test('a task ends when all its requests have ended', async () => {
  const order: string[] = []
  const slow = scripted({
    replies: [
      [
        'slow',
        async () => {
          await new Promise((done) => setImmediate(() => setImmediate(done)))
          order.push('slow')
          return ''
        },
      ],
      ['fail', { code: 1 }],
    ],
  })
  const task = defineTask({
    name: 'it',
    description: '',
    params: z.object({}),
    apply: ({ remote }) => Promise.all([remote.run`slow`, remote.run`fail`]),
  })
  const { events } = await run((play) => [play('p', { hosts: 'a', tasks: () => [task()] })], {
    hosts: { a: slow },
  })
  assert.equal(order, ['slow'])
  assert.is(events.find(({ type }) => type === 'task-end')?.type, 'task-end')
})
