/** Finds the marks that end commands (see frame.ts) in the output of a host. Pure. */

/** A part of a stream: bytes of the running command, its end, or an invalid mark. */
export type Piece =
  | { readonly kind: 'data'; readonly bytes: Buffer }
  /** `text` is the exit status on standard output, nothing on standard error, or a heartbeat. */
  | { readonly kind: 'end'; readonly text: string }
  | { readonly kind: 'broken'; readonly text: string }

/** The text between a nonce and its `;`: an exit status of at most three digits, nothing, or a heartbeat. */
const wellFormed = /^(?:\d{0,3}|\+)$/
const longestText = 3

/**
 * Finds the marks in one stream, across chunks. It reads each byte once and keeps at most the length of a mark:
 * output takes time in proportion to its length, and no memory.
 */
export class MarkScanner {
  readonly #expected: () => string | undefined
  #rest: Buffer = Buffer.alloc(0)

  /** @param expected returns the nonce of the next mark; called after each mark. Bytes without an expected mark are dropped. */
  constructor(expected: () => string | undefined) {
    this.#expected = expected
  }

  /** Bytes kept for the next chunk: the possible start of a mark. */
  get kept(): number {
    return this.#rest.length
  }

  /** The pieces that this chunk completes. There are none after a broken mark. */
  *push(chunk: Buffer): Generator<Piece, void, undefined> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = Buffer.alloc(0)
    for (;;) {
      const nonce = this.#expected()
      if (nonce === undefined) return
      const at = bytes.indexOf(nonce)
      const data = at < 0 ? bytes.length - openEnd(bytes, nonce) : at
      if (data > 0) yield { kind: 'data', bytes: bytes.subarray(0, data) }
      const text = at < 0 ? undefined : bytes.subarray(at + nonce.length)
      const stop = text?.subarray(0, longestText + 1).indexOf(';') ?? -1
      if (text !== undefined && stop >= 0) {
        const words = text.toString('latin1', 0, stop)
        if (!wellFormed.test(words)) return yield { kind: 'broken', text: words }
        bytes = text.subarray(stop + 1)
        yield { kind: 'end', text: words }
        continue
      }
      if (text !== undefined && text.length > longestText)
        return yield { kind: 'broken', text: text.toString('latin1', 0, longestText + 1) }
      // a copy, which does not keep the chunk in memory
      this.#rest = Buffer.from(bytes.subarray(data))
      return
    }
  }
}

/** How many of the last bytes could be the start of a nonce. */
const openEnd = (bytes: Buffer, nonce: string): number => {
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - nonce.length + 1))
  for (let from = 0; from < tail.length; from += 1)
    if (nonce.startsWith(tail.slice(from))) return tail.length - from
  return 0
}
