/** A longer line is told in pieces: nobody reads it, and no reporter has to hold it. */
const longest = 64 * 1024
/** How far back the end of a word is looked for when a line must be cut: a secret that is cut would not be known again. */
const furthest = 4096

const wordEnd = /[\s,;:"'`(){}[\]<>|&]/

/** Where to cut a text that is too long. */
const cutOf = (text: string): number => {
  for (let at = longest; at > longest - furthest; at -= 1) if (wordEnd.test(text[at - 1] ?? '')) return at
  // not between the two halves of a character
  return /[\uD800-\uDBFF]/.test(text[longest - 1] ?? '') ? longest - 1 : longest
}

/** Cuts a stream of text into whole lines. */
export class Lines {
  readonly #tell: (line: string) => void
  // pieces of the line under way: joining them anew with each piece would cost the square of its length
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

  /** Tells what is left without a newline. */
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
