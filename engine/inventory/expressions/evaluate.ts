/** Evaluates expressions. */
import { nearest } from '../nearest.ts'
import { Fault } from './fault.ts'
import { listOf, mapOf } from './library.ts'
import type { Library } from './library.ts'
import { memberOf } from './members.ts'
import { compare, isTrue, operate, signed } from './operators.ts'
import { numText } from './python-text.ts'
import { sliced } from './slice.ts'
import type { Argument, Expression } from './syntax.ts'
import { Args, Callable, Dict, Namespace, Num, Undefined } from './values.ts'
import type { Value } from './values.ts'

/** Names that an expression can read, with those that `set` and `for` make. */
export class Names {
  readonly #own = new Map<string, Value>()
  readonly #outer: (name: string) => Value
  readonly library: Library
  /** Evaluates a text with expressions of its own. */
  readonly embedded: (text: string, names: Names) => Value

  constructor(
    library: Library,
    outer: (name: string) => Value,
    embedded: (text: string, names: Names) => Value,
  ) {
    this.library = library
    this.#outer = outer
    this.embedded = embedded
  }

  /** The value of a name; `Undefined` without one. */
  get(name: string): Value {
    return this.#own.get(name) ?? (this.#own.has(name) ? null : this.#outer(name))
  }

  /** Sets a name. */
  set(name: string, value: Value): void {
    this.#own.set(name, value)
  }

  /** Names inside of these. */
  inner(): Names {
    return new Names(this.library, (name) => this.get(name), this.embedded)
  }
}

/** An expression as it is written, for errors; a text is not shown, except a key. */
const labelOf = (expression: Expression): string => {
  if (expression.kind === 'name') return expression.name
  if (expression.kind === 'member') {
    const { object, key, dotted } = expression
    const found = key.kind === 'literal' ? key.value : undefined
    const text = found instanceof Num ? numText(found) : typeof found === 'string' ? found : undefined
    if (dotted) return `${labelOf(object)}.${text ?? '…'}`
    return `${labelOf(object)}[${text === undefined ? '…' : typeof found === 'string' ? `'${text}'` : text}]`
  }
  if (expression.kind === 'filter') return `${labelOf(expression.operand)} | ${expression.name}`
  if (expression.kind === 'call') return `${labelOf(expression.callee)}(…)`
  return 'the value'
}

const argumentsOf = (args: readonly Argument[], names: Names): Args => {
  const positional: Value[] = []
  const named = new Map<string, Value>()
  const { machine } = names.library
  for (const { name, value, spread } of args) {
    const found = evaluate(value, names)
    if (spread === 'list') positional.push(...listOf(machine, found, 'what follows *'))
    else if (spread === 'map') {
      const map = mapOf(machine, found, 'what follows **')
      for (const key of map.entries.keys()) named.set(key, map.get(key) ?? null)
    } else if (name === undefined) positional.push(found)
    else named.set(name, found)
  }
  return new Args(positional, named)
}

const called = (expression: Extract<Expression, { kind: 'call' }>, names: Names): Value => {
  const { machine } = names.library
  const callee = evaluate(expression.callee, names)
  if (callee instanceof Undefined) {
    const { callee: of } = expression
    if (of.kind !== 'name') throw callee.fault()
    const guess = nearest(of.name, ['lookup', 'query', 'range', 'dict', 'namespace'])
    throw new Fault(`there is no function ${of.name}`, {
      word: of.name,
      hint:
        guess === undefined
          ? 'the functions are lookup, query, q, range, dict, namespace'
          : `did you mean ${guess}?`,
    })
  }
  if (!(callee instanceof Callable)) throw new Fault(`${labelOf(expression.callee)} is not a function`)
  return machine.guarded(() => callee.call(argumentsOf(expression.args, names)))
}

const entriesOf = (entries: Extract<Expression, { kind: 'map' }>['entries'], names: Names): Dict => {
  const { machine } = names.library
  return new Dict(
    new Map(entries.map(([key, value]) => [machine.text(evaluate(key, names)), evaluate(value, names)])),
  )
}

const compared = (expression: Extract<Expression, { kind: 'compare' }>, names: Names): Value => {
  let left = evaluate(expression.first, names)
  for (const { operator, operand } of expression.rest) {
    const right = evaluate(operand, names)
    if (left instanceof Undefined && !left.blank) throw left.fault()
    if (!compare(operator, left, right)) return false
    left = right
  }
  return true
}

/**
 * The value of an expression.
 *
 * @throws Fault for a wrong one, or one that takes too much.
 */
export const evaluate = (expression: Expression, names: Names): Value => {
  const { library } = names
  const { machine } = library
  machine.step()
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'embedded':
      return names.embedded(expression.text, names)
    case 'name':
      return names.get(expression.name)
    case 'list':
      return machine.list(
        expression.items.map((item) => evaluate(item, names)),
        expression.tuple,
      )
    case 'map':
      return machine.guarded(() => entriesOf(expression.entries, names))
    case 'member': {
      const object = evaluate(expression.object, names)
      const key = evaluate(expression.key, names)
      return machine.guarded(() =>
        memberOf(machine, object, key, expression.dotted, labelOf(expression.object)),
      )
    }
    case 'slice': {
      const bounds = expression.bounds.map((bound) => bound && evaluate(bound, names))
      const object = evaluate(expression.object, names)
      return object instanceof Undefined
        ? object.strict()
        : machine.guarded(() => sliced(machine, object, bounds))
    }
    case 'call':
      return called(expression, names)
    case 'filter': {
      const value = evaluate(expression.operand, names)
      return library.filter(expression.name, value, argumentsOf(expression.args, names))
    }
    case 'test': {
      const value = evaluate(expression.operand, names)
      return library.test(expression.name, value, argumentsOf(expression.args, names)) !== expression.negated
    }
    case 'unary': {
      const operand = evaluate(expression.operand, names)
      const { operator } = expression
      return operator === 'not' ? !isTrue(operand) : machine.guarded(() => signed(machine, operator, operand))
    }
    case 'binary': {
      const left = evaluate(expression.left, names)
      const right = evaluate(expression.right, names)
      return machine.guarded(() => operate(machine, expression.operator, left, right))
    }
    case 'and': {
      const left = evaluate(expression.left, names)
      return isTrue(left) ? evaluate(expression.right, names) : left
    }
    case 'or': {
      const left = evaluate(expression.left, names)
      return isTrue(left) ? left : evaluate(expression.right, names)
    }
    case 'compare':
      return compared(expression, names)
    case 'choice': {
      if (isTrue(evaluate(expression.test, names))) return evaluate(expression.value, names)
      if (expression.otherwise !== undefined) return evaluate(expression.otherwise, names)
      return new Undefined('the condition is false, and there is no else', {
        hint: "add else ''",
        blank: true,
      })
    }
  }
}

/** Sets an entry of a namespace. */
export const setEntry = (names: Names, name: string, key: string, value: Value): void => {
  const found = names.get(name)
  if (!(found instanceof Namespace)) throw new Fault(`${name} is not a namespace`, { word: name })
  found.entries.set(key, value)
}
