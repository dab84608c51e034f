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
/** Fails as often as told, then works. */
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

test('who is dropped by a busy server goes on', async () => {
  const { log, attempt } = after('busy', 'busy', 'busy')
  assert.is(await new LoginThrottle().retry(attempt, policy()), 'in')
  assert.is(log.attempts, 4)
})

test('a server that is away is asked as often as told', async () => {
  const { log, attempt } = after('away', 'away', 'away')
  await rejects(() => new LoginThrottle().retry(attempt, policy({ retries: 1 })), 'connect-failed', 'away')
  assert.is(log.attempts, 2)
})

test('what cannot change is not tried again, nor what has used up its time', async () => {
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

/** A server that keeps everybody until it is told to let go, and counts. */
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
  /** Lets go of all, one at a time, until the work is done; gives how many were inside at most. */
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

test('no more than ten at a time, in the order of asking', async () => {
  const { enter, entered, drain } = keeper(new LoginThrottle())
  assert.is(await drain(Promise.all(Array.from({ length: 25 }, (_, n) => enter(n)))), 10)
  assert.equal(
    entered,
    Array.from({ length: 25 }, (_, n) => n),
  )
})

test('as few at a time as a busy server lets in, and slowly more', async () => {
  const { enter, entered, inside, settled, drain } = keeper(new LoginThrottle())
  const work = [enter(0, true), enter(1), enter(2)]
  await settled()
  // the first is dropped while two are inside
  inside.shift()?.()
  await settled()
  work.push(...Array.from({ length: 6 }, (_, n) => enter(n + 3)))
  await settled()
  assert.equal(entered, [0, 1, 2])
  assert.is(await drain(Promise.all(work)), 3)
})

test('who waits for a turn or for the next attempt can be given up, and holds up nobody', async () => {
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

test('each server has a throttle of its own, and one only', () => {
  const throttles = new LoginThrottles()
  assert.is(throttles.of('a 22'), throttles.of('a 22'))
  assert.is.not(throttles.of('a 22'), throttles.of('a 23'))
})
