import { StringDecoder } from 'node:string_decoder'
import type { Readable } from 'node:stream'
import { Secret } from '../../secret.ts'
import { CoxswainError } from '../../errors.ts'
import type { ErrorCode } from '../../error-codes.ts'
import type { Outlets } from '../outlets.ts'

/** Control keys of a hidden prompt. */
const keys = { enter: ['\r', '\n'], interrupt: '\u0003', end: '\u0004', erase: ['\u007f', '\b'] }

/** The input and output of a prompt. */
export interface Terminal {
  readonly input: Readable & {
    readonly isTTY?: boolean
    readonly setRawMode?: (mode: boolean) => unknown
  }
  readonly output: { readonly write: (text: string) => unknown }
}

/** The terminal of this process. */
export const ownTerminal = ({ err }: Outlets): Terminal => ({ input: process.stdin, output: { write: err } })

/** Asks questions one at a time, in the order of the calls. Input after the end of an answer is kept for the next question. */
export class Prompt {
  readonly #terminal: Terminal
  readonly #decoder = new StringDecoder('utf8')
  #ahead = ''
  #last = ''
  #turn: Promise<unknown> = Promise.resolve()

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /**
   * Asks for a line of text.
   *
   * @throws `nobody-to-ask` without a terminal or if it is closed, `interrupted` for Ctrl-C.
   */
  line(question: string): Promise<string> {
    const asked = this.#turn.then(async () => {
      const { input, output } = this.#terminal
      if (input.isTTY !== true)
        throw new CoxswainError(
          'nobody-to-ask',
          `standard input is not a terminal, so there is no answer to: ${question}`,
        )
      output.write(`${question} `)
      try {
        // the terminal echoes and edits the line
        const typed = await this.#answer(question, 'nobody-to-ask')
        return typed
      } finally {
        input.pause()
      }
    })
    this.#turn = asked.catch(() => {})
    return asked
  }

  /**
   * Asks for a secret, without echo. Without a terminal, the next line of standard input is
   * the answer.
   *
   * @throws `interrupted` for Ctrl-C, `secret-missing` at the end of the input.
   */
  async secret(question: string): Promise<Secret> {
    const { input, output } = this.#terminal
    const raw = (mode: boolean): unknown => input.isTTY === true && input.setRawMode?.(mode)
    // before the question: a quick answer must not be echoed
    raw(true)
    output.write(`${question}: `)
    try {
      return new Secret(await this.#answer(question, 'secret-missing'))
    } finally {
      raw(false)
      input.pause()
      output.write('\n')
    }
  }

  /** Stops reading the terminal, also during a question. */
  close(): void {
    this.#terminal.input.pause()
  }

  /** Reads up to Enter or the end of the input. */
  async #answer(question: string, missing: ErrorCode): Promise<string> {
    let text = ''
    for await (const key of this.#keys()) {
      if (keys.enter.includes(key)) return text
      if (key === keys.interrupt) throw new CoxswainError('interrupted', 'interrupted at the prompt')
      if (key === keys.end) throw new CoxswainError(missing, `no answer to: ${question}`)
      text = keys.erase.includes(key) ? text.slice(0, -1) : text + key
    }
    if (text !== '') return text
    throw new CoxswainError(missing, `no answer to: ${question}`)
  }

  /** The keys of the input, starting with those that were read ahead. */
  async *#keys(): AsyncGenerator<string> {
    yield* this.#taken()
    for await (const chunk of this.#terminal.input.iterator({ destroyOnReturn: false })) {
      this.#ahead += typeof chunk === 'string' ? chunk : this.#decoder.write(chunk)
      yield* this.#taken()
    }
  }

  *#taken(): Generator<string> {
    while (this.#ahead !== '') {
      const [key = ''] = this.#ahead
      this.#ahead = this.#ahead.slice(key.length)
      const second = key === '\n' && this.#last === '\r'
      this.#last = key
      // Windows sends \r\n for one Enter
      if (!second) yield key
    }
  }
}
