/** A text as another program reads it: each letter knows where it comes from. */

/** A text read in some way. */
export interface View {
  readonly text: string
  /** Where each letter begins and ends in what was read; absent in the text itself. */
  readonly starts?: readonly number[] | undefined
  readonly ends?: readonly number[] | undefined
  /** From where on the end of what was read may be the beginning of an escape; its length when it is not. */
  readonly open: number
}

/** Where a letter of a view begins in the text. */
export const startIn = ({ starts }: View, at: number): number =>
  starts === undefined ? at : (starts[at] ?? 0)

/** Where it ends. */
export const endIn = ({ ends }: View, at: number): number => (ends === undefined ? at + 1 : (ends[at] ?? 0))

/** Gathers a view letter by letter. */
export class ViewBuilder {
  readonly #from: View
  readonly #parts: string[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  constructor(from: View) {
    this.#from = from
  }

  /** Letters as they are. */
  keep(start: number, end: number): void {
    this.#parts.push(this.#from.text.slice(start, end))
    for (let at = start; at < end; at += 1) {
      this.#starts.push(startIn(this.#from, at))
      this.#ends.push(endIn(this.#from, at))
    }
  }

  /** Letters that stand for others. */
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

/** A text as it is. */
export const whole = (text: string): View => ({ text, open: text.length })

/** A view whose places are worked out when something was found in it: most texts hold nothing. */
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
