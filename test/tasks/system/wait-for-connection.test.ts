import * as assert from 'uvu/assert'
import { CoxswainError } from '../../../engine/errors.ts'
import type { ErrorCode } from '../../../engine/error-codes.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply } from '../../../engine/testing.ts'
import { waitForConnection } from '../../../tasks/system/wait-for-connection.ts'
import { sent } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('wait-for-connection')

const look = sent('tasks/system/booting/boot-state.sh', '/proc/sys/kernel/random/boot_id')

/** A host that gives these replies, one per query; the last one repeats. */
const after = (...replies: readonly Reply[]) => {
  let next = 0
  const answer: Reply = (request, files) => {
    const reply = replies[Math.min(next, replies.length - 1)] ?? ''
    next += 1
    return typeof reply === 'function' ? reply(request, files) : reply
  }
  return { replies: { [look]: answer } }
}

const fails = (code: ErrorCode) => (): never => {
  throw new CoxswainError(code, code)
}

test('a host that is up is not waited for, with or without systemd', async () => {
  for (const state of ['id\nrunning\n', 'id\ndegraded\n', 'id\n'])
    assert.is((await rehearse(waitForConnection({}), after(state))).outcome, 'ok')
})

for (const code of ['connect-failed', 'connection-lost'] as const)
  test(`${code} is waited for, and named when the time is over`, async () => {
    const run = await rehearse(waitForConnection({ timeout: 0 }), after(fails(code)))
    assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
    assert.match(String(run.error), `it does not answer: ${code}`)
  })

for (const code of ['auth-failed', 'become-failed'] as const)
  test(`${code} ends at once: repeated attempts can lock an account`, async () => {
    const run = await rehearse(waitForConnection({ timeout: 20 }), after(fails(code)))
    assert.is(run.outcome, code === 'auth-failed' ? 'unreachable' : 'failed')
    assert.match(String(run.error), code)
  })

test('services that are still starting, and a host that goes down, are waited for', async () => {
  const run = await rehearse(waitForConnection({ timeout: 0 }), after('id\nstarting\n'))
  assert.match(String(run.error), 'systemd is still starting')
  const down = await rehearse(waitForConnection({ timeout: 0 }), after('id\nstopping\n'))
  assert.match(String(down.error), 'it is going down')
})

test('a host in maintenance mode, and one with another key, are refused at once', async () => {
  const ill = await rehearse(waitForConnection({}), after('id\nmaintenance\n'))
  assert.match(String(ill.error), 'the host is in maintenance mode')
  const other = await rehearse(waitForConnection({}), after(fails('host-key-changed')))
  assert.match(String(other.error), 'host-key-changed')
})

test('bad parameters are refused', () => {
  assert.throws(() => waitForConnection({ timeout: -1 }), 'timeout')
})
