import { Allowance } from './closely.ts'
import { Lines } from './lines.ts'
import type { Redactor } from './redactor.ts'

/** So many letters of a stream are read in every way at most; beyond them lines that may hold a secret are hidden. */
const mostInStream = 512 * 1024
/** Longer pieces are cut: what is found in one takes memory in proportion. */
const longestPiece = 64 * 1024

/**
 * Tells a stream of text line by line with its secrets masked, wherever the stream was cut into pieces, the lines of a
 * secret too. What could be the beginning of a secret waits until it is known.
 */
export class MaskedLines {
  readonly #lines: Lines
  readonly #redactor: Redactor
  readonly #allowance = new Allowance(mostInStream)
  #waiting = ''

  constructor(redactor: Redactor, tell: (line: string) => void) {
    this.#redactor = redactor
    this.#lines = new Lines(tell)
  }

  push(text: string): void {
    for (let at = 0; at < text.length; at += longestPiece) {
      const piece = this.#waiting + text.slice(at, at + longestPiece)
      const { shown, rest } = this.#redactor.begin(piece, this.#allowance)
      this.#waiting = rest
      this.#lines.push(shown)
    }
  }

  /** Tells what is left. */
  end(): void {
    this.#lines.push(this.#redactor.text(this.#waiting))
    this.#waiting = ''
    this.#lines.end()
  }
}
