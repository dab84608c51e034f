/** Walks through the tokens of an expression. */
import { Fault } from './fault.ts'
import type { Token } from './tokens.ts'

const end: Token = { kind: 'end', text: 'the end' }

/** Expressions can contain each other this deep. */
const mostNested = 100

/** A position in tokens. */
export class TokenCursor {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  /** The next token. */
  get next(): Token {
    return this.#tokens[this.#at] ?? end
  }

  /** The token after the next one. */
  get afterNext(): Token {
    return this.#tokens[this.#at + 1] ?? end
  }

  /** Goes to the next token. */
  advance(): void {
    this.#at += 1
  }

  /** Whether the next token is this word or symbol, or the end. */
  is(text: string): boolean {
    const { kind, text: found } = this.next
    return found === text && (kind === 'symbol' || kind === 'name' || kind === 'end')
  }

  /** Takes the next token if it is this word or symbol. */
  take(text: string): boolean {
    if (!this.is(text)) return false
    this.#at += 1
    return true
  }

  /** Takes a word or symbol that must be next. */
  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(`${text} is expected`)
  }

  /** Takes a name. */
  name(): string {
    if (this.next.kind !== 'name') throw this.unexpected('a name is expected')
    const { text } = this.next
    this.#at += 1
    return text
  }

  /** Refuses tokens that are left. */
  finish(): void {
    if (this.next.kind !== 'end') throw this.unexpected('nothing more is expected')
  }

  /** The fault of the next token. */
  unexpected(what: string): Fault {
    const { kind, text } = this.next
    // a text can be a secret
    const found = kind === 'text' ? 'a text' : kind === 'end' ? 'the end of the expression' : text
    return new Fault(`${what}, not ${found}`)
  }

  /** Parses one level deeper, which is bounded. */
  deeper<Parsed>(parse: () => Parsed): Parsed {
    this.#depth += 1
    if (this.#depth > mostNested) throw new Fault(`the expression has more than ${mostNested} levels`)
    const parsed = parse()
    this.#depth -= 1
    return parsed
  }
}
