/** The failures of a play, and their effect on its other hosts. */
import type { PlannedPlay } from '../plan/plan.ts'

/** Counts the failures of a play, and decides whether its other hosts continue. */
export class Failures {
  readonly #hosts = new Set<string>()
  readonly #play: PlannedPlay
  #inBatch = 0
  #size = 0
  #exceeded = false

  constructor(play: PlannedPlay) {
    this.#play = play
  }

  begin(batch: number): void {
    this.#inBatch = 0
    this.#size = batch
  }

  /** In the order of their failures. */
  get hosts(): readonly string[] {
    return [...this.#hosts]
  }

  add(host: string): void {
    if (this.#hosts.has(host)) return
    this.#hosts.add(host)
    this.#inBatch += 1
    // an unreachable host counts as failed: the next batch cannot rely on it
    if ((this.#inBatch / this.#size) * 100 > (this.#play.maxFailPercentage ?? 0)) this.#exceeded = true
  }

  /** Whether hosts without failures must stop before their next task. */
  get givenUp(): boolean {
    const { anyErrorsFatal, maxFailPercentage } = this.#play
    return this.#hosts.size > 0 && (anyErrorsFatal || (this.#exceeded && maxFailPercentage !== undefined))
  }

  /** Whether another batch or play can start. */
  get goOn(): boolean {
    return !this.#exceeded && !this.givenUp
  }

  /** Why hosts did not complete the play; undefined if all did. */
  note(left: readonly string[]): string | undefined {
    if (left.length === 0 || this.#hosts.size === 0) return undefined
    const { anyErrorsFatal, maxFailPercentage } = this.#play
    const share = maxFailPercentage === undefined ? '' : `, more than ${maxFailPercentage} %`
    const why = anyErrorsFatal
      ? `${this.hosts[0] ?? ''} failed, which stops all hosts (anyErrorsFatal)`
      : `${this.#inBatch} of ${this.#size} hosts of the batch failed${share}`
    const shown = left.length > 5 ? [...left.slice(0, 4), `${left.length - 4} more`] : left
    return `${why}; not completed on: ${shown.join(', ')}`
  }
}
