/** Values as a person types them. Pure. */
import { isCollection, isScalar, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'

/** A value read, and the same with each part of it as the text that was typed. */
export interface TypedValue {
  readonly value: unknown
  readonly texts: unknown
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

/** A list or map in brackets, of JSON or else of YAML; undefined for what is none, such as `{{ $value }}`. */
export const structuredValue = (text: string): TypedValue | undefined => {
  if (!/^\s*[[{]/.test(text)) return undefined
  const value = json(text)
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' })
  const isYaml = document.errors.length === 0 && !isOdd(document)
  if (value !== undefined) return { value, texts: isYaml ? document.toJS() : value }
  if (!isYaml) return undefined
  const texts: unknown = document.toJS()
  visit(document, {
    Scalar: (key, node) => {
      // keys of maps are text, and so is what stands in quotes
      if (key !== 'key' && isScalar(node) && node.type === 'PLAIN' && typeof node.value === 'string')
        node.value = exactValue(node.value)
    },
  })
  return { value: document.toJS(), texts }
}
