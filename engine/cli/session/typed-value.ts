/** Values as a person types them. Pure. */
import { isCollection, isScalar, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'
import { isDecimal } from '../../dsl/decimal.ts'

/** A value read, and the same with each part of it as the text that was typed. */
export interface TypedValue {
  readonly value: unknown
  readonly texts: unknown
  /** The same with the numbers that are written in another way than JSON writes them, such as `1.30`, as numbers. */
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
 * What a text says beyond being a text: a number, true, false or null where JSON writes it the same, or a text in double
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

/** Whether YAML in brackets has more than a person types: keys that are maps or without a value, tags, anchors. */
const isOdd = (document: Document.Parsed): boolean => {
  let odd = false
  const found = (): symbol => {
    odd = true
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
  return odd
}

/** JSON with a blank in the place of its line ends and tabs, which YAML takes for indentation; other text as it is. */
const onOneLine = (text: string): string =>
  json(text) === undefined
    ? text
    : text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted: string | undefined) => quoted ?? ' ')

const documentOf = (text: string): Document.Parsed =>
  parseDocument(onOneLine(text), { schema: 'failsafe', logLevel: 'silent' })

const isBracketed = (text: string): boolean => /^\s*[[{]/.test(text)

/** Whether a text is a list or map in brackets but for a key that stands in a map twice. */
export const hasKeyTwice = (text: string): boolean => {
  if (!isBracketed(text)) return false
  const { errors } = documentOf(text)
  return errors.length > 0 && errors.every(({ code }) => code === 'DUPLICATE_KEY')
}

/** The document with each value without quotes as what is made of its text. Keys of maps are text, and so is what stands in quotes. */
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

/** A text as a number where it is a decimal that a number holds, else what it says as it stands. */
const asNumber = (text: string): unknown => {
  const number = Number(text)
  const holds = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
  return isDecimal(text) && holds ? number : exactValue(text)
}

/**
 * A list or map in brackets, of JSON or YAML; undefined for what is none, such as `{{ $value }}`. What has no quotes in it is
 * read as {@link exactValue} reads it.
 *
 * @example
 * structuredValue('[1.30, 8080]')?.value // ['1.30', 8080]
 */
export const structuredValue = (text: string): TypedValue | undefined => {
  if (!isBracketed(text)) return undefined
  const document = documentOf(text)
  if (document.errors.length > 0 || isOdd(document)) return undefined
  return {
    value: withPlain(text, exactValue),
    texts: document.toJS(),
    numbers: withPlain(text, asNumber),
  }
}
