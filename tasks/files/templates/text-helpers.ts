/** Helpers of templates for texts, numbers and versions. Pure. */
import { posix } from 'node:path'
import { expanded, groupHint, namesForeignGroup, pattern } from '../../shared/patterns.ts'
import { countOf, listOf, textOf } from './helper-values.ts'

/** Each line with a text before it, and without blanks at its end. */
const commented = (text: string, before: string): string =>
  text
    .split('\n')
    .map((line) => `${before}${line}`.trimEnd())
    .join('\n')

const replaced = (text: string, source: string, replacement: string): string => {
  if (namesForeignGroup(replacement, source)) throw new TypeError(groupHint)
  const regexp = pattern(source, 'g')
  const parts: string[] = []
  let end = 0
  for (const match of text.matchAll(regexp)) {
    parts.push(text.slice(end, match.index), expanded(match, replacement))
    end = match.index + match[0].length
  }
  return [...parts, text.slice(end)].join('')
}

/** A number, or a text that is one: inventories have both. */
const numberOf = (value: unknown): number => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && !Number.isNaN(number)) return number
  throw new TypeError('only numbers can be compared')
}

/** The numbers and words of a version. */
const partsOf = (version: unknown): readonly string[] => {
  const parts = textOf(version, 'a version').match(/\d+|[A-Za-z]+/g)
  if (parts !== null) return parts
  throw new TypeError('a version needs a number')
}

const isNumber = (part: string): boolean => /^\d/.test(part)

/** Compares two parts: numbers by value; a word, such as rc, comes before a number and before nothing. */
const byPart = (one: string | undefined, other: string | undefined): number => {
  if (one === undefined || other === undefined) {
    const rest = one ?? other ?? ''
    const larger = isNumber(rest) ? Number(rest) : -1
    return one === undefined ? -larger : larger
  }
  if (isNumber(one) && isNumber(other)) return Number(one) - Number(other)
  if (isNumber(one) !== isNumber(other)) return isNumber(one) ? 1 : -1
  return one < other ? -1 : one > other ? 1 : 0
}

const byVersion = (one: unknown, other: unknown): number => {
  const [these, those] = [partsOf(one), partsOf(other)]
  for (let at = 0; at < Math.max(these.length, those.length); at += 1) {
    const order = byPart(these[at], those[at])
    if (order !== 0) return order
  }
  return 0
}

const relations: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
}

const relationOf = (name: unknown): ((order: number) => boolean) => {
  const found = relations[textOf(name, 'the relation')]
  if (found !== undefined) return found
  throw new TypeError(`the relation must be one of ${Object.keys(relations).join(' ')}`)
}

const lengthOf = (value: unknown): number => {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  if (typeof value === 'object' && value !== null) return Object.keys(value).length
  throw new TypeError('only a list, a map or a text has a length')
}

const contains = (all: unknown, part: unknown): boolean => {
  if (Array.isArray(all)) return all.includes(part)
  if (typeof all === 'string') return all.includes(textOf(part, 'the first value'))
  if (typeof all === 'object' && all !== null) return Object.hasOwn(all, textOf(part, 'the first value'))
  throw new TypeError('only a list, a map or a text can contain something')
}

const itemOf = (value: unknown, at: 0 | -1): unknown => {
  const list = listOf(value)
  if (list.length > 0) return list.at(at)
  throw new TypeError('the list is empty')
}

/** By name. */
export const textHelpers: Readonly<Record<string, (...values: readonly unknown[]) => unknown>> = {
  indent: (value, count) =>
    textOf(value, 'the text').replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(countOf(count))}`),
  b64: (value) => Buffer.from(textOf(value, 'the text')).toString('base64'),
  comment: (value, before = '# ') => commented(textOf(value, 'the text'), textOf(before, 'the beginning')),
  lower: (value) => textOf(value, 'the text').toLowerCase(),
  upper: (value) => textOf(value, 'the text').toUpperCase(),
  trim: (value) => textOf(value, 'the text').trim(),
  replace: (value, part, other) =>
    textOf(value, 'the text')
      .split(textOf(part, 'what to replace'))
      .join(textOf(other, 'the text in its place')),
  regexReplace: (value, source, other) =>
    replaced(
      textOf(value, 'the text'),
      textOf(source, 'the regular expression'),
      textOf(other, 'the text in its place'),
    ),
  basename: (value) => posix.basename(textOf(value, 'the path')),
  dirname: (value) => posix.dirname(textOf(value, 'the path')),
  length: lengthOf,
  first: (value) => itemOf(value, 0),
  last: (value) => itemOf(value, -1),
  lt: (one, other) => numberOf(one) < numberOf(other),
  le: (one, other) => numberOf(one) <= numberOf(other),
  gt: (one, other) => numberOf(one) > numberOf(other),
  ge: (one, other) => numberOf(one) >= numberOf(other),
  in: (part, all) => contains(all, part),
  version: (one, relation, other) => relationOf(relation)(byVersion(one, other)),
}
