/** What the helpers of templates do. Pure. */
import { countOf, listOf, textOf } from './helper-values.ts'
import { textHelpers } from './text-helpers.ts'
import { yamlText } from './yaml-text.ts'

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
  ...textHelpers,
  join: (list, between) =>
    listOf(list)
      .map((item) => textOf(item, 'an item'))
      .join(textOf(between, 'the text between the items')),
  default: (value, fallback) => value ?? fallback,
  json: (value, count) => {
    const text = JSON.stringify(value, null, count === undefined ? undefined : countOf(count))
    if (typeof text === 'string') return text
    throw new TypeError('the value does not have a form in JSON')
  },
  yaml: yamlText,
  quote: (value) => quoted(textOf(value, 'the text')),
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  and: (...values) => values.every(isTrue),
  or: (...values) => values.some(isTrue),
  not: (value) => !isTrue(value),
  choose: (condition, one, other) => (isTrue(condition) ? one : other),
  sort: (list, key) => [...listOf(list)].toSorted((one, other) => order(keyOf(one, key), keyOf(other, key))),
}
