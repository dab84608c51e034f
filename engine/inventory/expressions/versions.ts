/** Compares versions as the test `version` does. Pure. */
import { nearest } from '../nearest.ts'
import { Fault } from './fault.ts'

/** The numbers and words of a version. */
const partsOf = (text: string): readonly (number | string)[] =>
  (text.match(/\d+|[a-z]+/gi) ?? []).map((part) => (/^\d/.test(part) ? Number(part) : part))

const order = (one: string, other: string): number => {
  const [first, second] = [partsOf(one), partsOf(other)]
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const [a, b] = [first[at], second[at]]
    if (a === b) continue
    if (a === undefined) return -1
    if (b === undefined) return 1
    // a number comes after a word, as in 1.0 and 1.0.rc1
    if (typeof a !== typeof b) return typeof a === 'number' ? 1 : -1
    return a < b ? -1 : 1
  }
  return 0
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (found) => found === 0,
  '!=': (found) => found !== 0,
  '<': (found) => found < 0,
  '<=': (found) => found <= 0,
  '>': (found) => found > 0,
  '>=': (found) => found >= 0,
}

const words: Readonly<Record<string, string>> = {
  '=': '==',
  eq: '==',
  '<>': '!=',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
}

/**
 * Whether a version has an order to another.
 *
 * @throws Fault for an unknown operator.
 */
export const compareVersions = (one: string, other: string, operator: string): boolean => {
  const name = Object.hasOwn(words, operator) ? words[operator] : operator
  const found = name !== undefined && Object.hasOwn(operators, name) ? operators[name] : undefined
  if (found !== undefined) return found(order(one, other))
  const known = [...Object.keys(operators), ...Object.keys(words)]
  const guess = nearest(operator, known)
  throw new Fault(`version has no operator ${operator}`, {
    word: operator,
    hint: guess === undefined ? `it has ${known.join(', ')}` : `did you mean ${guess}?`,
  })
}
