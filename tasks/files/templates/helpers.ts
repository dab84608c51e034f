/** What the helpers of templates do. Pure. */
import { isSecret } from '../../../engine/index.ts'

/** A value of a template, with all secrets in it revealed. */
export type Reveal = (value: unknown) => unknown

/** Why a value cannot be written into a file; undefined if it can be written as text. */
export const noText = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return `is ${value}`
  if (Array.isArray(value)) return value.map(noText).find((wrong) => wrong !== undefined)
  if (typeof value === 'function') return 'is a function'
  if (typeof value === 'number' && Number.isNaN(value)) return 'is not a number (NaN)'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'is not a finite number'
  if (typeof value === 'symbol') return 'is a symbol'
  if (value instanceof Date) return 'is a date, which does not have a fixed text form: set its text'
  const isMap = typeof value === 'object' && Reflect.get(value, 'toString') === Object.prototype.toString
  return isMap ? 'is a map, which does not have a text form: use one of its values' : undefined
}

/** Reveals the secrets at any depth of a value. */
export const revealedDeeply = (value: unknown, reveal: Reveal): unknown => {
  if (isSecret(value)) return reveal(value)
  if (Array.isArray(value)) return value.map((item) => revealedDeeply(item, reveal))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealedDeeply(item, reveal)]))
}

const textOf = (value: unknown, what: string): string => {
  const wrong = Array.isArray(value) ? 'is a list' : noText(value)
  if (wrong !== undefined) throw new TypeError(`${what} ${wrong}`)
  return String(value)
}

const listOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value
  throw new TypeError('the first value is not a list')
}

/** A number of blanks. */
const countOf = (value: unknown): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1000) return value
  throw new TypeError('the number of blanks must be an integer from 0 to 1000')
}

/** Whether a value counts as true, as in `{{#if}}`. */
const isTrue = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

const keyOf = (item: unknown, key: unknown): unknown => {
  if (key === undefined) return item
  const name = textOf(key, 'the key')
  if (typeof item === 'object' && item !== null && Object.hasOwn(item, name)) return Reflect.get(item, name)
  throw new TypeError(`an item does not have ${name}`)
}

/** The order of two texts or numbers. */
const order = (one: unknown, other: unknown): number => {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  const [a, b] = [textOf(one, 'an item'), textOf(other, 'an item')]
  return a < b ? -1 : a > b ? 1 : 0
}

/** A text as one word of sh. */
const quoted = (text: string): string => {
  if (text.includes('\0')) throw new TypeError('the text has a NUL character, which sh cannot have')
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** The helpers with a value, by name. */
export const builtinHelpers: Readonly<Record<string, (...values: readonly unknown[]) => unknown>> = {
  join: (list, between) =>
    listOf(list)
      .map((item) => textOf(item, 'an item'))
      .join(textOf(between, 'the text between the items')),
  default: (value, fallback) => value ?? fallback,
  indent: (value, count) =>
    textOf(value, 'the text').replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(countOf(count))}`),
  json: (value, count) => {
    const text = JSON.stringify(value, null, count === undefined ? undefined : countOf(count))
    if (typeof text === 'string') return text
    throw new TypeError('the value does not have a form in JSON')
  },
  quote: (value) => quoted(textOf(value, 'the text')),
  eq: (one, other) => one === other,
  and: (...values) => values.every(isTrue),
  or: (...values) => values.some(isTrue),
  not: (value) => !isTrue(value),
  sort: (list, key) => [...listOf(list)].toSorted((one, other) => order(keyOf(one, key), keyOf(other, key))),
  b64: (value) => Buffer.from(textOf(value, 'the text')).toString('base64'),
}
