/**
 * How many log in at one server at a time. sshd drops connections before it has said a word when more than a few are not
 * logged in yet (MaxStartups), those of others counted; it does not say that it did, so it is learnt from what happens.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { unlessAborted } from './abort.ts'

/** Why an attempt failed: the server is busy, it does not answer, or trying again is of no use. */
export type Refusal = 'busy' | 'away' | 'final'

/** When a failed login is tried again. */
export interface RetryPolicy {
  readonly judge: (error: unknown) => Refusal
  /**
   * Seconds since the first attempt, or since the last login that worked: a server that still accepts logins is only busy.
   */
  readonly seconds: number
  /** How often to try again, within that time, when the server does not answer. */
  readonly retries: number
  /** Stops trying; its reason is thrown. */
  readonly signal: AbortSignal
}

/** The hint when a server keeps ending connections before a login. */
export const droppedHint =
  'the server ends connections before a login: it is too busy (MaxStartups in its sshd_config), refuses this machine, or is not an sshd'

/** Logins at a time until more is known: by default sshd starts to drop connections above ten. */
const usualLimit = 10

/** How much the limit grows with each login: slowly, because a failed try is a refused connection. */
const growth = 0.25

/** Milliseconds before the next attempt; partly random, so that not all come back at once. */
const pause = (refusal: Refusal, attempt: number): number => {
  const usual = refusal === 'busy' ? Math.min(1000, 100 * 2 ** attempt) : 250 * 2 ** attempt
  return usual * (1 + Math.random())
}

/** Limits how many log in at one server at a time, and tries again. */
export class LoginThrottle {
  #limit = usualLimit
  #held = 0
  #lastIn = -Infinity
  readonly #waiting = new Set<() => void>()

  /**
   * Tries until it works or trying again is of no use.
   *
   * @param attempt resolves when it has logged in.
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
      // waiting for others does not count: the server did not cause it
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
    // as many as are still logging in
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
