/**
 * Collects bytes up to a limit, in one buffer that doubles when it is full: each byte is copied a constant number of
 * times, even with small chunks, and a chunk is not kept after it was pushed.
 */
export class ByteCollector {
  readonly #limit: number
  #held: Buffer = Buffer.alloc(0)
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Bytes collected. */
  get size(): number {
    return this.#size
  }

  /** Bytes of memory in use. */
  get capacity(): number {
    return this.#held.length
  }

  /** Takes the bytes that fit, and returns their number. */
  push(chunk: Uint8Array): number {
    const taken = chunk.subarray(0, Math.max(0, this.#limit - this.#size))
    const wanted = this.#size + taken.length
    if (wanted > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(wanted, Math.min(this.#limit, this.#held.length * 2)))
      this.#held.copy(grown, 0, 0, this.#size)
      this.#held = grown
    }
    this.#held.set(taken, this.#size)
    this.#size = wanted
    return taken.length
  }

  /** A view of the collected bytes. */
  bytes(): Buffer {
    return this.#held.subarray(0, this.#size)
  }
}
