/**
 * Limits the logins to one server at a time. sshd drops connections without a message if too many have not logged in yet
 * (MaxStartups), including those of other clients, so the limit follows from the failures.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { unlessAborted } from './abort.ts'

/** Why an attempt failed: the server is busy, it does not answer, or another attempt cannot succeed. */
export type Refusal = 'busy' | 'away' | 'final'

/** When a failed login is tried again. */
export interface RetryPolicy {
  readonly judge: (error: unknown) => Refusal
  /**
   * Seconds since the first attempt or the last successful login: a server that still accepts logins is only busy.
   */
  readonly seconds: number
  /** The number of retries, within that time, when the server does not answer. */
  readonly retries: number
  /** Stops the attempts; its reason is thrown. */
  readonly signal: AbortSignal
}

/** The hint when a server keeps ending connections before a login. */
export const droppedHint =
  'the server ends connections before a login: it is too busy (MaxStartups in its sshd_config), refuses this machine, or is not an sshd'

/** The initial limit: by default, sshd starts to drop connections above ten. */
const usualLimit = 10

/** How much the limit grows with each login: slowly, because a failed attempt is a refused connection. */
const growth = 0.25

/** Milliseconds before the next attempt; partly random, so that not all retry at the same time. */
const pause = (refusal: Refusal, attempt: number): number => {
  const usual = refusal === 'busy' ? Math.min(1000, 100 * 2 ** attempt) : 250 * 2 ** attempt
  return usual * (1 + Math.random())
}

/** Limits the logins to one server at a time, and retries them. */
export class LoginThrottle {
  #limit = usualLimit
  #held = 0
  #lastIn = -Infinity
  readonly #waiting = new Set<() => void>()

  /**
   * Retries an attempt until it succeeds or another attempt cannot succeed.
   *
   * @param attempt resolves when the login has succeeded.
   * @throws what the last attempt threw.
   */
  async retry<Value>(
    attempt: () => Promise<Value>,
    { judge, seconds, retries, signal }: RetryPolicy,
  ): Promise<Value> {
    let first: number | undefined
    let away = 0
    for (let failures = 0; ; failures += 1) {
      await this.#turn(signal)
      // waiting for other logins does not count
      first ??= performance.now()
      let refusal: Refusal | undefined
      try {
        return await attempt()
      } catch (error) {
        refusal = judge(error)
        away += refusal === 'away' ? 1 : 0
        const over = performance.now() >= Math.max(first, this.#lastIn) + seconds * 1000
        if (refusal === 'final' || away > retries || over) throw error
      } finally {
        this.#leave(refusal)
      }
      await unlessAborted(sleep(pause(refusal, failures), undefined, { signal }), signal)
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    while (this.#held >= Math.floor(this.#limit)) {
      await unlessAborted(new Promise<void>((resolve) => this.#waiting.add(resolve)), signal)
    }
    this.#held += 1
  }

  #leave(refusal: Refusal | undefined): void {
    this.#held -= 1
    if (refusal === undefined) {
      this.#lastIn = performance.now()
      this.#limit = Math.min(usualLimit, this.#limit + growth)
    }
    // the number of logins that are still in progress
    if (refusal === 'busy') this.#limit = Math.max(1, Math.min(this.#limit, this.#held))
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }
}

/** The throttles of all servers of a run. */
export class LoginThrottles {
  readonly #throttles = new Map<string, LoginThrottle>()

  /** The throttle of a server: the address and port that are connected to. */
  of(server: string): LoginThrottle {
    const throttle = this.#throttles.get(server) ?? new LoginThrottle()
    this.#throttles.set(server, throttle)
    return throttle
  }
}
