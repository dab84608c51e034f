import { unlessAborted } from '../abort.ts'

/** Lets one in at a time, in the order of asking. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Does the work when everybody who asked before is through; not at all when the signal comes first. */
  async take<Value>(work: () => Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
    const before = this.#last
    let leave = (): void => {}
    const mine = new Promise<void>((resolve) => (leave = resolve))
    // whoever gives up while waiting leaves at once, and the next still waits for those before
    this.#last = before.then(() => mine)
    try {
      await unlessAborted(before, signal)
      return await work()
    } finally {
      leave()
    }
  }
}
