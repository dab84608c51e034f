/** Maximum characters of a line; a longer one is split, so that reporters do not have to hold it. */
const longest = 64 * 1024
/** How far back to look for the end of a word when a line is split: half a secret would not be recognized. */
const maxLookback = 4096

const wordEnd = /[\s,;:"'`(){}[\]<>|&]/

/** Where to split a text that is too long. */
const cutOf = (text: string): number => {
  for (let at = longest; at > longest - maxLookback; at -= 1) if (wordEnd.test(text[at - 1] ?? '')) return at
  // not between the halves of a surrogate pair
  return /[\uD800-\uDBFF]/.test(text[longest - 1] ?? '') ? longest - 1 : longest
}

/** Splits a stream of text into complete lines. */
export class Lines {
  readonly #tell: (line: string) => void
  // pieces of the current line: joining them at each piece would take quadratic time
  #rest: string[] = []
  #size = 0

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  push(text: string): void {
    for (const [index, piece] of text.split('\n').entries()) {
      if (index > 0) this.#tell(this.#take().replace(/\r$/, ''))
      this.#keep(piece)
    }
  }

  /** Emits the rest, which has no newline. */
  end(): void {
    if (this.#size > 0) this.#tell(this.#take())
  }

  #keep(piece: string): void {
    if (piece === '') return
    this.#rest.push(piece)
    this.#size += piece.length
    if (this.#size <= longest) return
    let text = this.#take()
    while (text.length > longest) {
      const at = cutOf(text)
      this.#tell(text.slice(0, at))
      text = text.slice(at)
    }
    this.#keep(text)
  }

  #take(): string {
    const text = this.#rest.join('')
    this.#rest = []
    this.#size = 0
    return text
  }
}
