/** What a template can write, and its secrets. Pure. */
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
