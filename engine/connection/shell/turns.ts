import { unlessAborted } from '../abort.ts'

/** A queue: runs one piece of work at a time, in the order of the calls. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs the work after all earlier work has ended; does not run it if the signal aborts first. */
  async take<Value>(work: () => Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
    const before = this.#last
    let leave = (): void => {}
    const mine = new Promise<void>((resolve) => (leave = resolve))
    // an aborted call leaves the queue immediately, and the next one still waits for earlier work
    this.#last = before.then(() => mine)
    try {
      await unlessAborted(before, signal)
      return await work()
    } finally {
      leave()
    }
  }
}
