/** Cuts a stream of text into whole lines. */
export class Lines {
  readonly #tell: (line: string) => void
  #rest = ''

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#tell(line)
  }

  /** Tells what is left without a newline. */
  end(): void {
    if (this.#rest !== '') this.#tell(this.#rest)
    this.#rest = ''
  }
}
