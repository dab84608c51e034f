import * as assert from 'uvu/assert'
import { LoginThrottle, LoginThrottles } from '../../engine/connection/login-throttle.ts'
import type { RetryPolicy, Refusal } from '../../engine/connection/login-throttle.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('throttles')

const refusal = (kind: Refusal): CoxswainError => new CoxswainError('connect-failed', kind)
const policy = (change: Partial<RetryPolicy> = {}): RetryPolicy => ({
  judge: (error) =>
    error instanceof CoxswainError && (error.message === 'busy' || error.message === 'away')
      ? error.message
      : 'final',
  seconds: 60,
  retries: 2,
  signal: new AbortController().signal,
  ...change,
})
/** Fails the given number of times, then succeeds. */
const after = (...failures: Refusal[]) => {
  const log = { attempts: 0 }
  const attempt = async (): Promise<string> => {
    const failure = failures[log.attempts]
    log.attempts += 1
    if (failure !== undefined) throw refusal(failure)
    return 'in'
  }
  return { log, attempt }
}

test('a login that a busy server drops is tried again', async () => {
  const { log, attempt } = after('busy', 'busy', 'busy')
  assert.is(await new LoginThrottle().retry(attempt, policy()), 'in')
  assert.is(log.attempts, 4)
})

test('an unreachable server is tried the given number of times', async () => {
  const { log, attempt } = after('away', 'away', 'away')
  await rejects(() => new LoginThrottle().retry(attempt, policy({ retries: 1 })), 'connect-failed', 'away')
  assert.is(log.attempts, 2)
})

test('a final error is not tried again, nor one after the timeout', async () => {
  for (const [kind, seconds] of [
    ['final', 60],
    ['busy', 0],
    ['away', 0],
  ] as const) {
    const { log, attempt } = after(kind)
    await rejects(() => new LoginThrottle().retry(attempt, policy({ seconds })), 'connect-failed', kind)
    assert.is(log.attempts, 1)
  }
})

/** A server that holds all logins until it is released, and counts them. */
const keeper = (throttle: LoginThrottle) => {
  const inside: (() => void)[] = []
  const entered: number[] = []
  const enter = (n: number, dropped = false): Promise<void> => {
    let failing = dropped
    return throttle.retry(async () => {
      entered.push(n)
      await new Promise<void>((resolve) => inside.push(resolve))
      if (!failing) return
      failing = false
      throw refusal('busy')
    }, policy())
  }
  const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve))
  /** Releases all logins one at a time, and returns the largest number at one time. */
  const drain = async (work: Promise<unknown>): Promise<number> => {
    const state = { over: false, most: 0 }
    void work.finally(() => (state.over = true))
    while (!state.over) {
      await settled()
      state.most = Math.max(state.most, inside.length)
      inside.shift()?.()
    }
    return state.most
  }
  return { enter, entered, inside, settled, drain }
}

test('at most ten at a time, in the order of the requests', async () => {
  const { enter, entered, drain } = keeper(new LoginThrottle())
  assert.is(await drain(Promise.all(Array.from({ length: 25 }, (_, n) => enter(n)))), 10)
  assert.equal(
    entered,
    Array.from({ length: 25 }, (_, n) => n),
  )
})

test('as few at a time as a busy server accepts, then slowly more', async () => {
  const { enter, entered, inside, settled, drain } = keeper(new LoginThrottle())
  const work = [enter(0, true), enter(1), enter(2)]
  await settled()
  // the first is dropped while two log in
  inside.shift()?.()
  await settled()
  work.push(...Array.from({ length: 6 }, (_, n) => enter(n + 3)))
  await settled()
  assert.equal(entered, [0, 1, 2])
  assert.is(await drain(Promise.all(work)), 3)
})

test('a waiting login can be aborted, and does not delay others', async () => {
  const throttle = new LoginThrottle()
  const controller = new AbortController()
  const reason = new CoxswainError('interrupted', 'enough')
  let free = (): void => {}
  const held = new Promise<void>((resolve) => (free = resolve))
  const inside = Array.from({ length: 10 }, () => throttle.retry(() => held, policy()))
  const given = rejects(
    () => throttle.retry(async () => {}, policy({ signal: controller.signal })),
    'interrupted',
    'enough',
  )
  const next = throttle.retry(async () => 'next', policy())
  controller.abort(reason)
  await given
  free()
  await Promise.all(inside)
  assert.is(await next, 'next')
  const between = new AbortController()
  const { log, attempt } = after('busy', 'busy')
  const pausing = rejects(
    () =>
      throttle.retry(
        async () => {
          between.abort(reason)
          return attempt()
        },
        policy({ signal: between.signal }),
      ),
    'interrupted',
    'enough',
  )
  await pausing
  assert.is(log.attempts, 1)
})

test('each server has exactly one throttle', () => {
  const throttles = new LoginThrottles()
  assert.is(throttles.of('a 22'), throttles.of('a 22'))
  assert.is.not(throttles.of('a 22'), throttles.of('a 23'))
})
