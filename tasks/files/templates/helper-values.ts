/** The values of a helper as the types that it takes. Pure. */
import { noText } from './template-values.ts'

/** @throws `TypeError` for a value without a text form. */
export const textOf = (value: unknown, what: string): string => {
  const wrong = Array.isArray(value) ? 'is a list' : noText(value)
  if (wrong !== undefined) throw new TypeError(`${what} ${wrong}`)
  return String(value)
}

/** @throws `TypeError` for anything but a list. */
export const listOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value
  throw new TypeError('the first value is not a list')
}

/** A number of blanks. */
export const countOf = (value: unknown): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1000) return value
  throw new TypeError('the number of blanks must be an integer from 0 to 1000')
}
