import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { Explanation, Failure } from '../../../engine/dsl/explanation.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import type { CheckContext } from '../../../engine/dsl/types.ts'
import { drift, ok, pending } from '../../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { Redactor } from '../../../engine/run/masking/redactor.ts'
import { Secret } from '../../../engine/secret.ts'
import { rehearse } from '../../../engine/testing.ts'
import { suite } from '../../support/spec.ts'
import { run } from '../site.ts'
import type { Site } from '../site.ts'

const test = suite('explanations of failures')

type Explain = (ctx: CheckContext, params: unknown, failure: Failure) => Promise<Explanation | undefined>

/** Reads the log of its host. */
const fromLog: Explain = async ({ remote }) => ({
  text: `the log says: ${await remote.query`cat log`.text()}`,
  hint: 'read the log',
})

/** Starts a server, which fails. */
const start = (explain: Explain) =>
  defineTask({
    name: 'start',
    description: '',
    params: z.object({}),
    check: async ({ remote }) => {
      if (await remote.exists('/broken')) throw new CoxswainError('task-failed', 'it is broken')
      return drift('not started')
    },
    apply: async ({ remote }) => {
      await remote.run`start`
    },
    explain,
  })({})

const failing: Site['hosts'] = {
  a: {
    replies: [
      [/^start$/, { code: 1, stderr: 'does not start' }],
      [/^cat log$/, 'no space; key is hunter22'],
    ],
  },
}
const one = (task: ReturnType<typeof start>, site: Site = {}) =>
  run((play) => [play('p', { hosts: 'a', tasks: () => [task] })], { hosts: failing, ...site })

test('the text is shown below the output of the error, masked, with another hint', async () => {
  const redactor = new Redactor()
  redactor.learn([new Secret('hunter22')])
  const { ends, exit } = await one(start(fromLog), { redactor })
  const { error } = ends[0] ?? {}
  assert.is(exit, 2)
  assert.is(error?.code, 'command-failed')
  assert.is(error?.output, 'does not start\nthe log says: no space; key is ********')
  assert.is(error?.hint, 'read the log')
})

test('an explanation without a hint, and none, leave that of the error', async () => {
  const plain = await one(start(async () => undefined))
  const text = await one(start(async () => ({ text: 'because' })))
  assert.is(text.ends[0]?.error?.hint, plain.ends[0]?.error?.hint)
  assert.is(plain.ends[0]?.error?.output, 'does not start')
})

test('an explanation that fails is left out', async () => {
  const { ends } = await one(
    start(async ({ remote }) => {
      await remote.query`start`
      return { text: 'never' }
    }),
  )
  assert.is(ends[0]?.error?.output, 'does not start')
})

test('nothing is asked where the task did not try anything', async () => {
  let asked = 0
  const count: Explain = async () => {
    asked += 1
    return undefined
  }
  await one(start(count), { hosts: { a: { files: { '/broken': '' } } } })
  await one(start(count), { checkMode: true })
  assert.is(asked, 0)
  await one(start(count))
  assert.is(asked, 1)
})

test('a wait that ends in vain is explained, with its error and how long it took', async () => {
  let seen: Failure | undefined
  const wait = defineTask({
    name: 'wait',
    description: '',
    params: z.object({}),
    check: async () => (seen === undefined ? pending('not yet') : ok()),
    until: () => ({ timeout: 0, every: 0 }),
    async explain(ctx, params, failure) {
      seen = failure
      return { text: `${ctx.host.name} is slow` }
    },
  })
  const { ends } = await run((play) => [play('p', { hosts: 'a', tasks: () => [wait({})] })])
  assert.is(ends[0]?.error?.code, 'wait-timeout')
  assert.is(ends[0]?.error?.output, 'a is slow')
  assert.is(seen?.error.code, 'wait-timeout')
  assert.ok((seen?.seconds ?? -1) >= 0)
})

test('a rehearsal has it, too', async () => {
  const { error } = await rehearse(start(fromLog), {
    replies: { start: { code: 1, stderr: 'does not start' }, 'cat log': 'no space' },
  })
  assert.match(error instanceof CoxswainError ? (error.output ?? '') : '', 'the log says: no space')
})
