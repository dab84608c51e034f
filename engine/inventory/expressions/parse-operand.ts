/** Parses operands of expressions: values, members, calls, filters and tests. Pure. */
import { isTemplate } from '../scalar.ts'
import { escapedLetters } from './escapes.ts'
import type { Argument, Expression } from './syntax.ts'
import { TokenCursor } from './token-cursor.ts'
import type { Token } from './tokens.ts'
import { Num } from './values.ts'

const constants = new Map<string, boolean | null>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])

/** Functions that look something up. */
const lookups = new Set(['lookup', 'query', 'q'])

/** Words that cannot be the operand of a test without parentheses. */
const notOperands = new Set(['else', 'or', 'and', 'if', 'is', 'in', 'not'])

const escapes: Readonly<Record<string, string>> = { ...escapedLetters, "'": "'", '"': '"', '\n': '' }

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|([^]))/g, (all, byte, code, letter) => {
    const hex: unknown = byte ?? code
    if (typeof hex === 'string') return String.fromCharCode(Number.parseInt(hex, 16))
    return typeof letter === 'string' ? (escapes[letter] ?? all) : all
  })

const integerOf = (text: string): Num => {
  const size = BigInt(text.replaceAll('_', ''))
  const short = Number(size)
  return new Num(Number.isSafeInteger(short) ? short : size)
}

/** Parses operands. */
export abstract class OperandParser extends TokenCursor {
  readonly #escapes: boolean

  /**
   * @param withEscapes whether `\n` in a text is a line end. As in Ansible, it is in statements, not in `{{ … }}`: there a backslash
   * is itself.
   */
  constructor(tokens: readonly Token[], withEscapes: boolean) {
    super(tokens)
    this.#escapes = withEscapes
  }

  /** An expression. */
  abstract expression(): Expression

  /** An expression, or several with commas: a list. */
  sequence(): Expression {
    const first = this.expression()
    if (!this.is(',')) return first
    const items = [first]
    while (this.take(',')) {
      if (this.is('the end') || this.is(')')) break
      items.push(this.expression())
    }
    return { kind: 'list', items, tuple: true }
  }

  /** A value with its members and calls, and unless it has a sign before it, its filters and tests. */
  operand(withFilters: boolean): Expression {
    const found = this.#members(this.#primary())
    return withFilters ? this.filtered(found) : found
  }

  /** The members, slices and calls after an expression. */
  #members(start: Expression): Expression {
    let object = start
    for (;;) {
      if (this.next.kind !== 'symbol') return object
      if (this.take('.')) object = { kind: 'member', object, key: this.#dotted(), dotted: true }
      else if (this.take('[')) object = this.#subscript(object)
      else if (this.take('(')) object = { kind: 'call', callee: object, args: this.#argumentsOf(object) }
      else return object
    }
  }

  #dotted(): Expression {
    const { kind, text } = this.next
    if (kind === 'integer') {
      this.advance()
      return { kind: 'literal', value: integerOf(text) }
    }
    return { kind: 'literal', value: this.name() }
  }

  #subscript(object: Expression): Expression {
    const bounds: (Expression | undefined)[] = []
    let slices = false
    for (let expected = true; !this.take(']');) {
      if (this.take(':')) {
        slices = true
        if (expected) bounds.push(undefined)
        expected = true
      } else if (expected) {
        bounds.push(this.sequence())
        expected = false
      } else throw this.unexpected('] is expected')
    }
    const [key] = bounds
    if (slices && bounds.length <= 3) return { kind: 'slice', object, bounds }
    if (slices || key === undefined) throw this.unexpected('a key or a slice is expected in [ ]')
    return { kind: 'member', object, key, dotted: false }
  }

  /** The arguments of a call; what a lookup looks up can have expressions in its texts, as in Ansible. */
  #argumentsOf(callee: Expression): readonly Argument[] {
    const args = this.#arguments()
    if (callee.kind !== 'name' || !lookups.has(callee.name)) return args
    return args.map(({ name, value, spread }) =>
      name === undefined &&
      value.kind === 'literal' &&
      typeof value.value === 'string' &&
      isTemplate(value.value)
        ? { name, value: { kind: 'embedded', text: value.value } }
        : { name, value, spread },
    )
  }

  #arguments(): Argument[] {
    const args: Argument[] = []
    while (!this.take(')')) {
      if (args.length > 0) this.expect(',')
      if (this.take(')')) break
      const spread = this.take('**') ? 'map' : this.take('*') ? 'list' : undefined
      if (spread !== undefined) {
        args.push({ name: undefined, value: this.expression(), spread })
        continue
      }
      const after = this.afterNext
      const named = this.next.kind === 'name' && after.kind === 'symbol' && after.text === '='
      const name = named ? this.name() : undefined
      if (named) this.expect('=')
      args.push({ name, value: this.expression() })
    }
    return args
  }

  /** The name of a filter or test: with a collection, `ansible.utils.ipaddr`. */
  #longName(): string {
    let found = this.name()
    while (this.take('.')) found += `.${this.name()}`
    return found
  }

  /** The filters, tests and calls after an expression. */
  filtered(start: Expression): Expression {
    let operand = start
    for (;;) {
      if (this.take('|')) {
        const name = this.#longName()
        const args = this.take('(') ? this.#arguments() : []
        operand = { kind: 'filter', operand, name, args }
      } else if (this.take('is')) operand = this.#test(operand)
      else if (this.take('(')) operand = { kind: 'call', callee: operand, args: this.#arguments() }
      else return operand
    }
  }

  #test(operand: Expression): Expression {
    const negated = this.take('not')
    const name = this.#longName()
    const { kind, text } = this.next
    if (this.take('(')) return { kind: 'test', operand, name, args: this.#arguments(), negated }
    const isOperand =
      kind === 'text' ||
      kind === 'integer' ||
      kind === 'float' ||
      (kind === 'symbol' && (text === '[' || text === '{')) ||
      (kind === 'name' && !notOperands.has(text))
    const args = isOperand ? [{ name: undefined, value: this.#members(this.#primary()) }] : []
    return { kind: 'test', operand, name, args, negated }
  }

  #primary(): Expression {
    const { kind, text } = this.next
    if (kind === 'name') {
      this.advance()
      const value = constants.get(text)
      return value === undefined ? { kind: 'name', name: text } : { kind: 'literal', value }
    }
    if (kind === 'text') return { kind: 'literal', value: this.#text() }
    if (kind === 'integer') {
      this.advance()
      return { kind: 'literal', value: integerOf(text) }
    }
    if (kind === 'float') {
      this.advance()
      return { kind: 'literal', value: new Num(Number(text.replaceAll('_', '')), true) }
    }
    if (this.take('(')) {
      if (this.take(')')) return { kind: 'list', items: [], tuple: true }
      const inner = this.sequence()
      this.expect(')')
      return inner
    }
    if (this.take('[')) return { kind: 'list', items: this.#items(']'), tuple: false }
    if (this.take('{')) return { kind: 'map', entries: this.#entries() }
    throw this.unexpected('a value is expected')
  }

  /** Texts beside each other are one. */
  #text(): string {
    let found = ''
    while (this.next.kind === 'text') {
      found += this.#escapes ? unescaped(this.next.text) : this.next.text
      this.advance()
    }
    return found
  }

  #items(close: string): Expression[] {
    const items: Expression[] = []
    while (!this.take(close)) {
      if (items.length > 0) this.expect(',')
      if (this.take(close)) break
      items.push(this.expression())
    }
    return items
  }

  #entries(): (readonly [Expression, Expression])[] {
    const entries: (readonly [Expression, Expression])[] = []
    while (!this.take('}')) {
      if (entries.length > 0) this.expect(',')
      if (this.take('}')) break
      const key = this.expression()
      this.expect(':')
      entries.push([key, this.expression()])
    }
    return entries
  }
}
