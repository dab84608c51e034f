/** Compares versions as the test `version` does. Pure. */
import { nearest } from '../nearest.ts'
import { Fault } from './fault.ts'
import { versionOrders } from './version-orders.ts'
import type { Order } from './version-orders.ts'

/** The numbers and words of a version. */
const partsOf = (text: string): readonly (number | string)[] =>
  (text.match(/\d+|[a-z]+/gi) ?? []).map((part) => (/^\d/.test(part) ? Number(part) : part))

/** The usual order, of any texts with numbers and words. */
const loose: Order = (one, other) => {
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

const orderOf = (type: string): Order => {
  if (type === 'loose') return loose
  const found = Object.hasOwn(versionOrders, type) ? versionOrders[type] : undefined
  if (found !== undefined) return found
  throw new Fault(`version has no version_type ${type}`, {
    word: type,
    hint: `it has loose, ${Object.keys(versionOrders).join(', ')}`,
  })
}

/**
 * Whether a version has an order to another.
 *
 * @param type the kind of both: `loose`, `strict`, `semver` or `semantic`, `pep440`.
 * @throws Fault for an unknown operator or kind, for a version that is not of the kind, and for an empty one.
 */
export const compareVersions = (one: string, other: string, operator: string, type = 'loose'): boolean => {
  if (one === '' || other === '')
    throw new Fault('version compares versions that are not empty', { word: 'version' })
  const name = Object.hasOwn(words, operator) ? words[operator] : operator
  const found = name !== undefined && Object.hasOwn(operators, name) ? operators[name] : undefined
  if (found !== undefined) return found(orderOf(type)(one, other))
  const known = [...Object.keys(operators), ...Object.keys(words)]
  const guess = nearest(operator, known)
  throw new Fault(`version has no operator ${operator}`, {
    word: operator,
    hint: guess === undefined ? `it has ${known.join(', ')}` : `did you mean ${guess}?`,
  })
}
