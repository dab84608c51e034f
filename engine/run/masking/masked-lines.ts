import { Lines } from './lines.ts'
import type { Redactor } from './redactor.ts'

/**
 * Tells a stream of text line by line with its secrets masked, wherever the stream was cut into pieces, the lines of a
 * secret too. What could be the beginning of a secret waits until it is known.
 */
export class MaskedLines {
  readonly #lines: Lines
  readonly #redactor: Redactor
  #waiting = ''

  constructor(redactor: Redactor, tell: (line: string) => void) {
    this.#redactor = redactor
    this.#lines = new Lines(tell)
  }

  push(text: string): void {
    const { shown, rest } = this.#redactor.begin(this.#waiting + text)
    this.#waiting = rest
    this.#lines.push(shown)
  }

  /** Tells what is left. */
  end(): void {
    this.#lines.push(this.#redactor.text(this.#waiting))
    this.#waiting = ''
    this.#lines.end()
  }
}
