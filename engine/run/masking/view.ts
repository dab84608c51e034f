/** A decoded text with the position of each character in the original. */

/** A decoded text. */
export interface View {
  readonly text: string
  /** Where each character begins and ends in the original; undefined for the original itself. */
  readonly starts?: readonly number[] | undefined
  readonly ends?: readonly number[] | undefined
  /** The offset in the original of an incomplete escape at its end; its length if there is none. */
  readonly open: number
}

/** Where a character of a view begins in the original. */
export const startIn = ({ starts }: View, at: number): number =>
  starts === undefined ? at : (starts[at] ?? 0)

/** Where a character of a view ends in the original. */
export const endIn = ({ ends }: View, at: number): number => (ends === undefined ? at + 1 : (ends[at] ?? 0))

/** Builds a view. */
export class ViewBuilder {
  readonly #from: View
  readonly #parts: string[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  constructor(from: View) {
    this.#from = from
  }

  /** Adds unchanged characters. */
  keep(start: number, end: number): void {
    this.#parts.push(this.#from.text.slice(start, end))
    for (let at = start; at < end; at += 1) {
      this.#starts.push(startIn(this.#from, at))
      this.#ends.push(endIn(this.#from, at))
    }
  }

  /** Adds characters that replace others. */
  put(letters: string, start: number, end: number): void {
    this.#parts.push(letters)
    for (let count = 0; count < letters.length; count += 1) {
      this.#starts.push(startIn(this.#from, start))
      this.#ends.push(endIn(this.#from, end - 1))
    }
  }

  done(open: number): View {
    return { text: this.#parts.join(''), starts: this.#starts, ends: this.#ends, open }
  }
}

/** The view of a text itself. */
export const viewOf = (text: string): View => ({ text, open: text.length })

/** A view whose positions are computed on first use: most texts contain no match. */
export const lazily = (text: string, open: number, build: () => View): View => {
  let made: View | undefined
  const built = (): View => (made ??= build())
  return {
    text,
    open,
    get starts() {
      return built().starts
    },
    get ends() {
      return built().ends
    },
  }
}
