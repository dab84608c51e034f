/** Parses text with Jinja expressions. Pure. */
import { nearest } from '../nearest.ts'
import { Fault } from './fault.ts'
import { ExpressionParser } from './parse-expression.ts'
import type { Expression, Node, Parameter, Target, Template } from './syntax.ts'
import { partsOf } from './tokens.ts'
import type { Part, Token } from './tokens.ts'

/** Statements can contain each other this deep. */
const mostNested = 50

const statements = ['if', 'for', 'set', 'with', 'macro', 'raw']
const inner = ['elif', 'else', 'endif', 'endfor', 'endset', 'endwith', 'endmacro', 'endraw']

/** Statements of Jinja that are for files of templates. */
const others = new Set(
  'call include import from extends block filter do with autoescape break continue trans debug'.split(' '),
)

const unknownStatement = (name: string): Fault => {
  const known = `supported are ${statements.join(', ')}`
  if (others.has(name))
    return new Fault(`{% ${name} %} is not supported in an inventory`, { word: name, hint: known })
  const guess = nearest(name, [...statements, ...inner])
  return new Fault(`there is no statement {% ${name} %}`, {
    word: name,
    hint: guess === undefined ? known : `did you mean {% ${guess} %}?`,
  })
}

/** Parses the parts of a text, one after another. */
class TemplateParser {
  readonly #parts: readonly Part[]
  #at = 0
  #depth = 0

  constructor(parts: readonly Part[]) {
    this.#parts = parts
  }

  /** The nodes up to a statement with one of these names, which is taken; to the end if there are none. */
  nodes(until: readonly string[]): {
    readonly nodes: readonly Node[]
    readonly by: ExpressionParser | undefined
  } {
    this.#depth += 1
    if (this.#depth > mostNested) throw new Fault(`{% … %} are nested more than ${mostNested} levels deep`)
    const nodes: Node[] = []
    for (;;) {
      const part = this.#parts[this.#at]
      if (part === undefined) {
        if (until.length > 0) throw new Fault(`{% ${until.at(-1)} %} is missing`)
        return { nodes, by: undefined }
      }
      this.#at += 1
      if (part.kind === 'text') nodes.push(part)
      else if (part.kind === 'output') nodes.push({ kind: 'output', expression: outputOf(part.tokens) })
      else {
        const parser = new ExpressionParser(part.tokens, true)
        if (until.includes(parser.next.text)) {
          this.#depth -= 1
          return { nodes, by: parser }
        }
        nodes.push(this.#statement(parser))
      }
    }
  }

  #statement(parser: ExpressionParser): Node {
    const name = parser.name()
    if (name === 'if') return this.#if(parser)
    if (name === 'for') return this.#for(parser)
    if (name === 'set') return this.#set(parser)
    if (name === 'with') return this.#with(parser)
    if (name === 'macro') return this.#macro(parser)
    if (inner.includes(name))
      throw new Fault(`{% ${name} %} does not belong to a statement before it`, { word: name })
    throw unknownStatement(name)
  }

  #if(first: ExpressionParser): Node {
    const branches: { test: Expression; body: readonly Node[] }[] = []
    for (let parser = first; ;) {
      const test = parser.sequence()
      parser.finish()
      const { nodes: body, by } = this.nodes(['elif', 'else', 'endif'])
      branches.push({ test, body })
      if (by?.take('elif') === true) {
        parser = by
        continue
      }
      if (by?.take('else') !== true) return { kind: 'if', branches, otherwise: [] }
      by.finish()
      return { kind: 'if', branches, otherwise: this.nodes(['endif']).nodes }
    }
  }

  #for(parser: ExpressionParser): Node {
    const names = namesIn(parser)
    parser.expect('in')
    const items = parser.orExpression()
    const condition = parser.take('if') ? parser.expression() : undefined
    if (parser.next.text === 'recursive')
      throw new Fault('{% for … recursive %} is not supported in an inventory')
    parser.finish()
    const { nodes: body, by } = this.nodes(['else', 'endfor'])
    const otherwise = by?.take('else') === true ? this.nodes(['endfor']).nodes : []
    return { kind: 'for', names, items, condition, body, otherwise }
  }

  #with(parser: ExpressionParser): Node {
    const values: { name: string; value: Expression }[] = []
    while (parser.next.kind !== 'end') {
      if (values.length > 0) parser.expect(',')
      const name = parser.name()
      parser.expect('=')
      values.push({ name, value: parser.expression() })
    }
    const { nodes: body, by } = this.nodes(['endwith'])
    by?.advance()
    by?.finish()
    return { kind: 'with', values, body }
  }

  #macro(parser: ExpressionParser): Node {
    const name = parser.name()
    const parameters: Parameter[] = []
    parser.expect('(')
    while (!parser.take(')')) {
      if (parameters.length > 0) parser.expect(',')
      const parameter = parser.name()
      const usual = parser.take('=') ? parser.expression() : undefined
      if (usual === undefined && parameters.some((one) => one.usual !== undefined))
        throw new Fault(`the parameter ${parameter} of ${name} needs a default: one before it has one`, {
          word: parameter,
        })
      parameters.push({ name: parameter, usual })
    }
    parser.finish()
    const { nodes: body, by } = this.nodes(['endmacro'])
    by?.advance()
    by?.finish()
    return { kind: 'macro', name, parameters, body }
  }

  #set(parser: ExpressionParser): Node {
    const names = namesIn(parser)
    const [name = ''] = names
    const target: Target =
      names.length === 1 && parser.take('.')
        ? { kind: 'entry', name, key: parser.name() }
        : { kind: 'names', names }
    if (parser.take('=')) {
      const value = parser.sequence()
      parser.finish()
      return { kind: 'set', target, value }
    }
    parser.finish()
    return { kind: 'set', target, value: this.nodes(['endset']).nodes }
  }
}

const outputOf = (tokens: readonly Token[]): Expression => {
  const parser = new ExpressionParser(tokens, false)
  const expression = parser.sequence()
  parser.finish()
  return expression
}

/** Names with commas, perhaps in parentheses. */
const namesIn = (parser: ExpressionParser): readonly string[] => {
  const enclosed = parser.take('(')
  const names = [parser.name()]
  while (parser.take(',')) names.push(parser.name())
  if (enclosed) parser.expect(')')
  return names
}

/**
 * Parses a text.
 *
 * @throws Fault for a malformed one.
 */
export const parseTemplate = (text: string): Template => {
  const endsLine = text.endsWith('\n')
  return { nodes: new TemplateParser(partsOf(endsLine ? text.slice(0, -1) : text)).nodes([]).nodes, endsLine }
}
