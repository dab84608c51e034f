/** The output of a command is shown while it runs. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { sshConnection } from '../../engine/connection/connect.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { dispatch } from '../../engine/report/reporter.ts'
import { plainReporter } from '../../engine/report/plain.ts'
import { run } from '../run/site.ts'
import { suite } from '../support/spec.ts'
import { startSshd } from '../support/sshd.ts'

const test = suite('live output', { needs: ['root', 'sshd', 'ssh'] })

test('pain 4: a line is shown while its command still runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-live-'))
  const heard = join(folder, 'heard')
  const sshd = await startSshd()
  const connection = sshConnection(sshd.settings())
  const asks = defineTask({
    name: 'asks',
    description: 'Says something, and ends when it was heard.',
    params: z.object({}),
    async apply({ remote }) {
      await remote.run`echo 'step 1 of 2'; until [ -e ${heard} ]; do sleep 0.05; done; echo 'step 2 of 2' >&2`
    },
  })
  let shown = ''
  const reporter = plainReporter({
    write: (text) => (shown += text),
    color: false,
    width: 80,
    height: 24,
    diff: false,
    verbosity: 1,
  })
  try {
    const { events, exit } = await run((play) => [play('p', { hosts: 'a', tasks: () => [asks()] })], {
      hosts: { a: connection },
      onEvent: (event) => {
        dispatch(reporter, event)
        // the command ends only after its first line was shown
        if (shown.includes('a  | step 1 of 2\n') && !existsSync(heard)) writeFileSync(heard, '')
      },
    })
    assert.is(exit, 0)
    assert.equal(
      events.flatMap((event) => (event.type === 'task-output' ? [event.line] : event.type)).slice(2, -3),
      ['task-start', 'task-progress', 'step 1 of 2', 'step 2 of 2', 'task-end'],
    )
  } finally {
    await connection.close()
    await sshd.stop()
    rmSync(folder, { recursive: true })
  }
})
