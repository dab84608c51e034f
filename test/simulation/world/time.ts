/** The time of a simulated world: a queue of actions, ordered by virtual milliseconds. */
import type { Random } from './random.ts'

/** An action that will run, unless it is cancelled or its owner has ended by then. */
export interface Event {
  readonly time: number
  /** The order among actions of the same time, from the seed. */
  readonly order: number
  readonly act: () => void
  cancelled: boolean
}

const before = (one: Event, other: Event): boolean =>
  one.time < other.time || (one.time === other.time && one.order < other.order)

export class Time {
  /** Milliseconds since the world started; never decreases. */
  now = 0
  /** The start of the world, Unix milliseconds. */
  readonly origin = 1_800_000_000_000
  /** Milliseconds by which the controller's calendar clock is wrong. */
  skew = 0
  readonly #random: Random
  /** A binary heap. */
  readonly #queue: Event[] = []

  constructor(random: Random) {
    this.#random = random
  }

  after(delay: number, act: () => void): Event {
    const event = { time: this.now + Math.max(0, delay), order: this.#random.next(), act, cancelled: false }
    this.#push(event)
    return event
  }

  /** The calendar clock of the controller, Unix milliseconds. */
  calendar(): number {
    return this.origin + Math.floor(this.now) + this.skew
  }

  /** Runs the next action that is due before a time. Returns false if there is none. */
  step(until = Infinity): boolean {
    for (;;) {
      const [next] = this.#queue
      if (next === undefined || next.time > until) return false
      this.#pop()
      if (next.cancelled) continue
      this.now = next.time
      next.act()
      return true
    }
  }

  #push(event: Event): void {
    const queue = this.#queue
    let at = queue.push(event) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = queue[above]
      if (parent === undefined || !before(event, parent)) break
      queue[at] = parent
      at = above
    }
    queue[at] = event
  }

  #pop(): void {
    const queue = this.#queue
    const last = queue.pop()
    if (last === undefined || queue.length === 0) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const [one, other] = [queue[left], queue[left + 1]]
      if (one === undefined) break
      const [below, child] = other !== undefined && before(other, one) ? [left + 1, other] : [left, one]
      if (!before(child, last)) break
      queue[at] = child
      at = below
    }
    queue[at] = last
  }
}
