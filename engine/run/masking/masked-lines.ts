import { Allowance } from './closely.ts'
import { Lines } from './lines.ts'
import type { Redactor } from './redactor.ts'

/**
 * Maximum characters of a stream that are decoded in all ways; beyond them, lines that may contain a secret are
 * hidden.
 */
const mostInStream = 512 * 1024
/** Maximum characters of a piece, because findings take memory in proportion. */
const longestPiece = 64 * 1024

/**
 * Emits a stream of text line by line with its secrets masked, also secrets across pieces of the stream and single
 * lines of a secret. Text that could be the beginning of a secret is held back until it is known.
 */
export class MaskedLines {
  readonly #lines: Lines
  readonly #redactor: Redactor
  readonly #allowance = new Allowance(mostInStream)
  #waiting = ''
  /** Whether the last line that was shown is not complete. */
  #withinLine = false

  constructor(redactor: Redactor, tell: (line: string) => void) {
    this.#redactor = redactor
    this.#lines = new Lines(tell)
  }

  push(text: string): void {
    for (let at = 0; at < text.length; at += longestPiece) {
      const piece = this.#waiting + text.slice(at, at + longestPiece)
      const { shown, rest } = this.#redactor.begin(piece, this.#allowance, { withinLine: this.#withinLine })
      this.#waiting = rest
      if (shown !== '') this.#withinLine = !shown.endsWith('\n')
      this.#lines.push(shown)
    }
  }

  /** Emits the rest. */
  end(): void {
    this.#lines.push(this.#redactor.text(this.#waiting, { withinLine: this.#withinLine }))
    this.#waiting = ''
    this.#lines.end()
  }
}
