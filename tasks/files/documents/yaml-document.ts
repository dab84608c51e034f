/** A YAML file's one document, read in the ways in which its readers do. */
import { Scalar, isScalar, parseAllDocuments, visit } from 'yaml'
import type { Document } from 'yaml'
import { unreadable } from './unreadable.ts'

export type YamlDocument = Document.Parsed

const parsed = (text: string, version: '1.1' | '1.2', merge = true) =>
  parseAllDocuments(text, {
    version,
    keepSourceTokens: true,
    intAsBigInt: true,
    merge,
    logLevel: 'silent',
    prettyErrors: true,
  })

/**
 * The document; undefined where there is nothing but comments.
 *
 * @throws `task-failed` for what is no YAML, or several documents.
 */
export const documentOf = (path: string, text: string, merge = true): YamlDocument | undefined => {
  const documents = parsed(text, '1.2', merge)
  if ('empty' in documents) return undefined
  const [document, ...others] = documents
  if (document === undefined || others.length > 0)
    throw unreadable(path, 'single YAML document', `it holds ${documents.length}`)
  const [error] = document.errors
  if (error !== undefined) throw unreadable(path, 'YAML', error.message.split('\n')[0] ?? '')
  return document
}

/** Whole numbers as numbers where they are exact, so that values can be compared. */
const normalized = (value: unknown): unknown => {
  if (typeof value === 'bigint')
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  if (Array.isArray(value)) return value.map(normalized)
  if (value instanceof Date) return { date: value.toISOString() }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normalized(inner)]))
}

/** Keys by the text that they are written with: `1.10` is not 1.1, and `on` not true, whatever a reader makes of it. */
const nameKeys = (document: YamlDocument): void => {
  visit(document, {
    Pair: (_, { key }) => {
      // the key of a merge is a symbol
      if (isScalar(key) && typeof key.value !== 'symbol' && key.source !== undefined) key.value = key.source
    },
  })
}

const plainOf = (path: string, document: YamlDocument | undefined): unknown => {
  if (document !== undefined) nameKeys(document)
  try {
    return normalized(document?.toJS() ?? null)
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(path, 'YAML', 'an anchor holds an alias of itself')
    throw unreadable(
      path,
      'YAML',
      error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
    )
  }
}

/**
 * A file as plain data, its keys as they are written.
 *
 * @throws `task-failed` as {@link documentOf}.
 */
export const dataOf = (path: string, text: string): unknown => plainOf(path, documentOf(path, text))

/** The same as a reader of YAML 1.1 sees it; undefined where it cannot read it. */
export const oldDataOf = (path: string, text: string): unknown => {
  const documents = parsed(text, '1.1')
  if ('empty' in documents) return null
  const [document] = documents
  if (document === undefined || document.errors.length > 0) return undefined
  try {
    return plainOf(path, document)
  } catch {
    return undefined
  }
}

/** A file as plain data in which an alias is its name: what changes at an anchor changes there alone. */
export const ownDataOf = (path: string, text: string): unknown => {
  const document = documentOf(path, text, false)
  if (document !== undefined) visit(document, { Alias: (_, { source }) => new Scalar(`*${source}`) })
  return plainOf(path, document)
}
