/**
 * How many log in at one server at a time. sshd drops connections before it has said a word when more than a few are not
 * logged in yet (MaxStartups), those of others counted; it does not say that it did, so it is learnt from what happens.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { unlessAborted } from './abort.ts'

/** What a failed attempt says: the server is busy, nobody answers for now, or trying again is no use. */
export type Refusal = 'busy' | 'away' | 'final'

/** How long to go on. */
export interface Knocking {
  readonly judge: (error: unknown) => Refusal
  /**
   * Seconds since the first attempt, or since the server let one of us in: one that still does that is only busy, and
   * everybody gets a turn.
   */
  readonly seconds: number
  /** How often to try again, within that time, when nobody answers. */
  readonly retries: number
  /** Gives up with its reason. */
  readonly signal: AbortSignal
}

/** What to do when a server goes on ending connections before a login. */
export const droppedHint =
  'the server ends connections before a login: it is too busy (MaxStartups in its sshd_config), refuses this machine, or is no sshd'

/** How many may log in at a time as long as nothing else is known: beyond ten a usual sshd begins to drop some. */
const usualLimit = 10

/** How much the limit grows with each that comes in: slowly, because trying costs somebody a refusal. */
const growth = 0.25

/** Milliseconds before the next attempt; some disorder, so that not all come back at once. */
const pause = (refusal: Refusal, attempt: number): number => {
  const usual = refusal === 'busy' ? Math.min(1000, 100 * 2 ** attempt) : 250 * 2 ** attempt
  return usual * (1 + Math.random())
}

/** Where those wait who want to log in at one server. */
export class Door {
  #limit = usualLimit
  #held = 0
  #lastIn = -Infinity
  readonly #waiting = new Set<() => void>()

  /**
   * Tries until it works or there is no use.
   *
   * @param attempt is through when it has logged in.
   * @throws what the last attempt threw.
   */
  async enter<Value>(
    attempt: () => Promise<Value>,
    { judge, seconds, retries, signal }: Knocking,
  ): Promise<Value> {
    let first: number | undefined
    let away = 0
    for (let failures = 0; ; failures += 1) {
      await this.#turn(signal)
      // whoever waits for others has not been kept waiting by the server
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
    // as many as are still being let in
    if (refusal === 'busy') this.#limit = Math.max(1, Math.min(this.#limit, this.#held))
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }
}

/** The doors of all servers of a run. */
export class Doors {
  readonly #doors = new Map<string, Door>()

  /** The one of a server: an address and port as they are connected to. */
  of(server: string): Door {
    const door = this.#doors.get(server) ?? new Door()
    this.#doors.set(server, door)
    return door
  }
}
