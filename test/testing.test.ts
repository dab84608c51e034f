import * as assert from 'uvu/assert'
import { defineTask, drift, ok, z } from '../engine/index.ts'
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
      // what a task makes of the failure does not hide it
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
      'the test gives no reply to the command: no-reply --to this',
    )
    assert.match(error.output ?? '', 'known')
  })
}
