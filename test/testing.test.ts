import * as assert from 'uvu/assert'
import { CoxswainError, defineTask, drift, ok, z } from '../engine/index.ts'
import { rehearse } from '../engine/testing.ts'
import { rejects } from './support/rejects.ts'
import { suite } from './support/spec.ts'

const test = suite('rehearsal')

const task = (how: 'asks' | 'tries' | 'applies' | 'elsewhere') =>
  defineTask({
    name: 'asking',
    description: '',
    params: z.object({}),
    async check({ remote, on }) {
      if (how === 'asks') await remote.query`no-reply --to this`
      // the failure is reported even if the task handles it
      if (how === 'tries') await remote.query`no-reply --to this`.succeeds().catch(() => false)
      if (how === 'elsewhere') await (await on('other')).remote.query`no-reply --to this`
      return how === 'applies' ? drift('x') : ok()
    },
    async apply({ remote }) {
      await remote.run`no-reply --to this`.result().catch(() => {})
    },
  })()

for (const how of ['asks', 'tries', 'applies', 'elsewhere'] as const) {
  test(`a command without a reply makes it fail, in a task that ${how}`, async () => {
    const error = await rejects(
      () => rehearse(task(how), { replies: { known: '' }, others: { other: {} } }),
      'task-failed',
      'the test has no reply for the command: no-reply --to this',
    )
    assert.match(error.output ?? '', 'known')
  })
}

test('a run that refuses before it changes anything, which --check did not know, makes it fail', async () => {
  const refusing = defineTask({
    name: 'refusing',
    description: '',
    params: z.object({ first: z.boolean() }),
    check: () => drift('x'),
    async apply({ remote }, { first }) {
      if (first) await remote.write('/x', 'x')
      throw new CoxswainError('task-failed', 'no')
    },
  })
  await rejects(
    () => rehearse(refusing({ first: false }), {}),
    'task-failed',
    'the run refuses before it changes',
  )
  assert.is((await rehearse(refusing({ first: true }), {})).outcome, 'failed')
  const known = await rehearse(refusing({ first: false }), { unpredictable: 'it may come' })
  assert.is(known.outcome, 'failed')
})
