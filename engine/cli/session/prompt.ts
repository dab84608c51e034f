import { StringDecoder } from 'node:string_decoder'
import type { Readable } from 'node:stream'
import { Secret } from '../../secret.ts'
import { CoxswainError } from '../../errors.ts'
import type { ErrorCode } from '../../error-codes.ts'
import type { Outlets } from '../outlets.ts'

/** Keys that end, cancel or shorten what is typed at a hidden prompt. */
const keys = { enter: ['\r', '\n'], interrupt: '\u0003', end: '\u0004', erase: ['\u007f', '\b'] }

/** Where answers come from and questions go to. */
export interface Terminal {
  readonly input: Readable & {
    readonly isTTY?: boolean
    readonly setRawMode?: (mode: boolean) => unknown
  }
  readonly output: { readonly write: (text: string) => unknown }
}

/** The terminal of this process. */
export const ownTerminal = ({ err }: Outlets): Terminal => ({ input: process.stdin, output: { write: err } })

/** Asks questions, one after another, also when they are asked at the same time. What comes behind the end of an answer is kept for the next question. */
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
   * Asks for a line of text at the terminal.
   *
   * @throws `nobody-to-ask` where there is no terminal or it is closed, `interrupted` for Ctrl-C.
   */
  line(question: string): Promise<string> {
    const asked = this.#turn.then(async () => {
      const { input, output } = this.#terminal
      if (input.isTTY !== true)
        throw new CoxswainError('nobody-to-ask', `there is no terminal to ask at: ${question}`)
      output.write(`${question} `)
      try {
        // the terminal shows what is typed, and lets it be corrected
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
   * Asks for a secret at the terminal; what is typed is not shown. Without a terminal, the next line of standard input is
   * taken.
   *
   * @throws `interrupted` for Ctrl-C, `secret-missing` when nothing comes.
   */
  async secret(question: string): Promise<Secret> {
    const { input, output } = this.#terminal
    const raw = (mode: boolean): unknown => input.isTTY === true && input.setRawMode?.(mode)
    // before the question: who answers quickly would see what is typed
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

  /** Lets go of the terminal, also when a question has no answer yet. */
  close(): void {
    this.#terminal.input.pause()
  }

  /** What is typed up to Enter, or to the end of the input. */
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

  /** Key by key, what was read ahead first. */
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
      // Windows ends a line with both: that is one Enter
      if (!second) yield key
    }
  }
}
