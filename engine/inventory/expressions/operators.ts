/** The operators of expressions, as in Python. */
import { Fault } from './fault.ts'
import { formatPercent } from './format.ts'
import type { Machine } from './machine.ts'
import { between, compareMoments } from './times.ts'
import { Dict, Hidden, List, Moment, Num, Undefined } from './values.ts'
import type { Value } from './values.ts'

/** The kind of a value, in words for errors. */
export const kindOf = (value: Value): string => {
  if (value instanceof Hidden) return kindOf(value.value)
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'a boolean'
  if (value === null) return 'none'
  if (value instanceof Num) return value.float ? 'a float' : 'an integer'
  if (value instanceof List) return 'a list'
  if (value instanceof Dict) return 'a map'
  return value instanceof Moment ? 'a date' : 'a function'
}

/** A value that exists, without its mark of a secret; comparing does not hide the result. */
const plain = (value: Value): Exclude<Value, Hidden | Undefined> => {
  if (value instanceof Undefined) throw value.fault()
  return value instanceof Hidden ? value.value : value
}

/** Booleans are numbers in Python: true is 1. */
const numberOf = (value: Value): Num | undefined =>
  typeof value === 'boolean' ? new Num(value ? 1 : 0) : value instanceof Num ? value : undefined

/** Whether a value does not exist, and is empty in text. */
const isBlank = (value: Value): boolean => value instanceof Undefined && value.blank

/** Whether a value counts as true. */
export const isTrue = (value: Value): boolean => {
  if (isBlank(value)) return false
  const found = plain(value)
  if (typeof found === 'string') return found !== ''
  if (typeof found === 'boolean') return found
  if (found === null) return false
  if (found instanceof Num) return Number(found.value) !== 0
  if (found instanceof List) return found.items.length > 0
  return found instanceof Dict ? found.entries.size > 0 : true
}

/** Whether two values are equal. */
export const areEqual = (one: Value, other: Value, depth = 0): boolean => {
  if (depth > 50) throw new Fault('values with more than 50 levels cannot be compared')
  if (isBlank(one) || isBlank(other)) return isBlank(one) && isBlank(other)
  const [a, b] = [plain(one), plain(other)]
  const [left, right] = [numberOf(a), numberOf(b)]
  if (left !== undefined && right !== undefined) {
    const { value: first } = left
    // oxlint-disable-next-line eqeqeq -- a number and a bigint of the same size are equal
    return first == right.value
  }
  if (a instanceof List && b instanceof List) {
    const others = b.values()
    return (
      a.items.length === others.length &&
      a.values().every((item, index) => areEqual(item, others[index] ?? null, depth + 1))
    )
  }
  if (a instanceof Dict && b instanceof Dict)
    return (
      a.entries.size === b.entries.size &&
      [...a.entries.keys()].every((key) => {
        const found = b.get(key)
        return found !== undefined && areEqual(a.get(key) ?? null, found, depth + 1)
      })
    )
  if (a instanceof Moment && b instanceof Moment) return a.scalar.text === b.scalar.text
  return a === b
}

/**
 * The order of two values: less than 0 if the first one comes first.
 *
 * @throws Fault for values of different kinds.
 */
export const compareValues = (one: Value, other: Value): number => {
  const [a, b] = [plain(one), plain(other)]
  const [left, right] = [numberOf(a), numberOf(b)]
  if (left !== undefined && right !== undefined)
    return left.value < right.value ? -1 : left.value > right.value ? 1 : 0
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (a instanceof List && b instanceof List) {
    const [first, second] = [a.values(), b.values()]
    for (const [index, item] of first.entries()) {
      const against = second[index]
      if (against === undefined) return 1
      const order = compareValues(item, against)
      if (order !== 0) return order
    }
    return first.length - second.length
  }
  if (a instanceof Moment && b instanceof Moment) return compareMoments(a, b)
  throw new Fault(`${kindOf(a)} and ${kindOf(b)} cannot be compared`)
}

/** Whether a list, map or text contains a value. */
export const contains = (container: Value, wanted: Value): boolean => {
  if (isBlank(container)) return false
  const [found, item] = [plain(container), plain(wanted)]
  if (typeof found === 'string') {
    if (typeof item === 'string') return found.includes(item)
    throw new Fault(`${kindOf(item)} cannot be in text`)
  }
  if (found instanceof List) return found.values().some((one) => areEqual(one, item))
  if (found instanceof Dict)
    return typeof item === 'string'
      ? found.entries.has(item)
      : item instanceof Num && found.entries.has(String(item.value))
  throw new Fault(`nothing can be in ${kindOf(found)}`)
}

/** The result of a comparison. */
export const compare = (operator: string, left: Value, right: Value): boolean => {
  switch (operator) {
    case '==':
      return areEqual(left, right)
    case '!=':
      return !areEqual(left, right)
    case 'in':
      return contains(right, left)
    case 'not in':
      return !contains(right, left)
    default: {
      const order = compareValues(left, right)
      if (operator === '<') return order < 0
      if (operator === '<=') return order <= 0
      return operator === '>' ? order > 0 : order >= 0
    }
  }
}

/** An integer of Python: a number if that is exact. */
export const integer = (size: bigint): Num => {
  const short = Number(size)
  return new Num(Number.isSafeInteger(short) ? short : size)
}

/** The most bits of an integer. */
const mostBits = 4096

const power = (left: Num, right: Num): Num => {
  if (left.float || right.float || right.value < 0)
    return new Num(Number(left.value) ** Number(right.value), true)
  const bits = BigInt(left.value).toString(2).length * Number(right.value)
  if (bits > mostBits) throw new Fault(`the expression makes an integer of more than ${mostBits} bits`)
  return integer(BigInt(left.value) ** BigInt(right.value))
}

const arithmetic = (operator: string, left: Num, right: Num): Num => {
  if (operator === '**') return power(left, right)
  if (['/', '//', '%'].includes(operator) && Number(right.value) === 0) throw new Fault('division by zero')
  const [a, b] = [Number(left.value), Number(right.value)]
  if (operator === '/') return new Num(a / b, true)
  if (left.float || right.float) {
    if (operator === '//') return new Num(Math.floor(a / b), true)
    if (operator === '%') return new Num(a - b * Math.floor(a / b), true)
    return new Num(operator === '+' ? a + b : operator === '-' ? a - b : a * b, true)
  }
  const [x, y] = [BigInt(left.value), BigInt(right.value)]
  if (operator === '+') return integer(x + y)
  if (operator === '-') return integer(x - y)
  if (operator === '*') return integer(x * y)
  // Python rounds down, BigInt towards 0
  const rest = x % y
  const lower = rest !== 0n && rest < 0n !== y < 0n
  if (operator === '%') return integer(lower ? rest + y : rest)
  return integer(x / y - (lower ? 1n : 0n))
}

const repeated = (machine: Machine, value: string | List, times: Num): Value => {
  if (times.float) throw new Fault('text and lists are only repeated an integer number of times')
  const count = Math.max(0, Number(times.value))
  if (typeof value === 'string') {
    machine.length(value.length * count, 'text')
    return machine.bounded(value.repeat(count))
  }
  machine.length(value.items.length * count, 'list')
  return machine.list(Array.from({ length: count }, () => value.items).flat())
}

/**
 * The value of an operator between two values.
 *
 * @throws Fault for values that it is not for.
 */
export const operate = (machine: Machine, operator: string, one: Value, other: Value): Value => {
  if (operator === '~') return machine.bounded(machine.text(one) + machine.text(other))
  // lists can hold secrets as they are
  const [left, right] = [machine.reveal(one), machine.reveal(other)]
  if (operator === '%' && typeof left === 'string')
    return machine.bounded(
      formatPercent(machine, left, right instanceof List && right.tuple ? right.values() : [right], right),
    )
  if (operator === '-' && left instanceof Moment && right instanceof Moment) return between(left, right)
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== undefined && b !== undefined) return arithmetic(operator, a, b)
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return machine.bounded(left + right)
    if (left instanceof List && right instanceof List) return machine.list([...left.items, ...right.items])
  }
  if (operator === '*') {
    if ((typeof left === 'string' || left instanceof List) && b !== undefined)
      return repeated(machine, left, b)
    if ((typeof right === 'string' || right instanceof List) && a !== undefined)
      return repeated(machine, right, a)
  }
  throw new Fault(`${operator} is not possible between ${kindOf(left)} and ${kindOf(right)}`, {
    hint: operator === '+' ? 'to join text and another value, write ~ in place of +' : undefined,
  })
}

/** The value with a sign. */
export const signed = (machine: Machine, operator: '-' | '+', operand: Value): Value => {
  const number = numberOf(machine.reveal(operand))
  if (number === undefined) throw new Fault(`${operator} is not possible with ${kindOf(operand)}`)
  const { value, float } = number
  if (operator === '+') return new Num(value, float)
  return float ? new Num(-Number(value), true) : integer(-BigInt(value))
}
