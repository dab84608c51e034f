/** Parses the tokens of an expression, with the grammar of Jinja (https://jinja.palletsprojects.com/en/stable/templates/#expressions). Pure. */
import { OperandParser } from './parse-operand.ts'
import type { Expression } from './syntax.ts'

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>='])

/** Parses expressions. */
export class ExpressionParser extends OperandParser {
  override expression(): Expression {
    return this.deeper(() => {
      let value = this.orExpression()
      while (this.take('if')) {
        const test = this.orExpression()
        value = { kind: 'choice', test, value, otherwise: this.take('else') ? this.expression() : undefined }
      }
      return value
    })
  }

  /** An expression without `… if …`, which a `for` has after its list. */
  orExpression(): Expression {
    let left = this.#and()
    while (this.take('or')) left = { kind: 'or', left, right: this.#and() }
    return left
  }

  #and(): Expression {
    let left = this.#not()
    while (this.take('and')) left = { kind: 'and', left, right: this.#not() }
    return left
  }

  #not(): Expression {
    if (!this.take('not')) return this.#compare()
    return { kind: 'unary', operator: 'not', operand: this.deeper(() => this.#not()) }
  }

  #comparison(): string | undefined {
    const { kind, text } = this.next
    if (kind === 'symbol' && comparisons.has(text)) {
      this.advance()
      return text
    }
    if (this.take('in')) return 'in'
    const after = this.afterNext
    if (kind === 'name' && text === 'not' && after.kind === 'name' && after.text === 'in') {
      this.advance()
      this.advance()
      return 'not in'
    }
    return undefined
  }

  #compare(): Expression {
    const first = this.#sum()
    const rest: { operator: string; operand: Expression }[] = []
    for (let found = this.#comparison(); found !== undefined; found = this.#comparison())
      rest.push({ operator: found, operand: this.#sum() })
    return rest.length === 0 ? first : { kind: 'compare', first, rest }
  }

  /** Operands with operators of one precedence, from left to right. */
  #leftToRight(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand()
    for (;;) {
      const { kind, text: operator } = this.next
      if (kind !== 'symbol' || !operators.includes(operator)) return left
      this.advance()
      left = { kind: 'binary', operator, left, right: operand() }
    }
  }

  #sum(): Expression {
    return this.#leftToRight(['+', '-'], () => this.#joined())
  }

  #joined(): Expression {
    return this.#leftToRight(['~'], () => this.#product())
  }

  #product(): Expression {
    return this.#leftToRight(['*', '/', '//', '%'], () => this.#power())
  }

  #power(): Expression {
    return this.#leftToRight(['**'], () => this.#unary(true))
  }

  #unary(withFilters: boolean): Expression {
    for (const operator of ['-', '+'] as const) {
      if (!this.take(operator)) continue
      const signed: Expression = { kind: 'unary', operator, operand: this.deeper(() => this.#unary(false)) }
      return withFilters ? this.filtered(signed) : signed
    }
    return this.operand(withFilters)
  }
}
