/** The time of a simulated world: a queue of what happens, in the order of virtual milliseconds. */
import type { Random } from './random.ts'

/** Something that will happen, unless it is cancelled or its owner is dead by then. */
export interface Event {
  readonly time: number
  /** Decides among those of one time, by the seed. */
  readonly order: number
  readonly act: () => void
  cancelled: boolean
}

const before = (one: Event, other: Event): boolean =>
  one.time < other.time || (one.time === other.time && one.order < other.order)

export class Time {
  /** Milliseconds since the world began; it only goes on. */
  now = 0
  /** When the world began, Unix milliseconds. */
  readonly origin = 1_800_000_000_000
  /** Milliseconds that the controller's calendar clock is off. */
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

  /** Lets the next thing happen, not later than a time. Gives false when there is nothing more. */
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
