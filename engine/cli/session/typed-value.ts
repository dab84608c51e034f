/** Parses values that a user types. Pure. */
import { isCollection, isScalar, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'
import { isDecimal } from '../../dsl/decimal.ts'

/** A parsed value, and the same value with each part as the typed text. */
export interface TypedValue {
  readonly value: unknown
  readonly texts: unknown
  /** The same with numbers that JSON writes differently, such as `1.30`, as numbers. */
  readonly numbers?: unknown
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/**
 * Parses a number, true, false or null if JSON writes it the same way, or a text in double
 * quotes. Everything else, such as `1.30`, `0123`, `1e3` and `no`, is the text itself.
 *
 * @example
 * exactValue('8080') // 8080
 * exactValue('1.30') // '1.30'
 */
export const exactValue = (text: string): unknown => {
  const value = json(text)
  if (typeof value === 'string') return value
  const isSimple = value === null || typeof value === 'number' || typeof value === 'boolean'
  return isSimple && JSON.stringify(value) === text ? value : text
}

/** Whether YAML in brackets has keys that are maps or without a value, tags, or anchors. */
const isUnusual = (document: Document.Parsed): boolean => {
  let unusual = false
  const found = (): symbol => {
    unusual = true
    return visit.BREAK
  }
  visit(document, {
    Alias: found,
    Pair: (_, { key, value }) => (isScalar(key) && value !== null ? undefined : found()),
    Node: (_, node) =>
      (isScalar(node) || isCollection(node)) && (node.anchor !== undefined || node.tag !== undefined)
        ? found()
        : undefined,
  })
  return unusual
}

/** Replaces line ends and tabs in JSON with blanks, as YAML would read them as indentation; other text stays. */
const onOneLine = (text: string): string =>
  json(text) === undefined
    ? text
    : text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted: string | undefined) => quoted ?? ' ')

const documentOf = (text: string): Document.Parsed =>
  parseDocument(onOneLine(text), { schema: 'failsafe', logLevel: 'silent' })

const isBracketed = (text: string): boolean => /^\s*[[{]/.test(text)

/** Whether the only error in a list or map in brackets is a key that a map has twice. */
export const hasKeyTwice = (text: string): boolean => {
  if (!isBracketed(text)) return false
  const { errors } = documentOf(text)
  return errors.length > 0 && errors.every(({ code }) => code === 'DUPLICATE_KEY')
}

/** The value of the document, with values without quotes made by `made`. Keys and quoted values are text. */
const withPlain = (text: string, made: (text: string) => unknown): unknown => {
  const document = documentOf(text)
  visit(document, {
    Scalar: (key, node) => {
      if (key !== 'key' && node.type === 'PLAIN' && typeof node.value === 'string')
        node.value = made(node.value)
    },
  })
  return document.toJS()
}

/** A decimal number in the range of a JavaScript number as a number; anything else as {@link exactValue} reads it. */
const asNumber = (text: string): unknown => {
  const number = Number(text)
  const holds = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
  return isDecimal(text) && holds ? number : exactValue(text)
}

/**
 * Parses a list or map in brackets, in JSON or YAML; undefined for other text, such as `{{ $value }}`. Values without quotes
 * are read with {@link exactValue}.
 *
 * @example
 * structuredValue('[1.30, 8080]')?.value // ['1.30', 8080]
 */
export const structuredValue = (text: string): TypedValue | undefined => {
  if (!isBracketed(text)) return undefined
  const document = documentOf(text)
  if (document.errors.length > 0 || isUnusual(document)) return undefined
  return {
    value: withPlain(text, exactValue),
    texts: document.toJS(),
    numbers: withPlain(text, asNumber),
  }
}
