/** The document of a YAML file, as readers of YAML 1.1 and 1.2 see it. */
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
 * The document; undefined if the file contains only comments.
 *
 * @throws `task-failed` if the file is not valid YAML, or contains several documents.
 */
export const documentOf = (path: string, text: string, merge = true): YamlDocument | undefined => {
  const documents = parsed(text, '1.2', merge)
  if ('empty' in documents) return undefined
  const [document, ...others] = documents
  if (document === undefined || others.length > 0)
    throw unreadable(path, 'YAML', `it contains ${documents.length} documents, not one`)
  const [error] = document.errors
  if (error !== undefined) throw unreadable(path, 'YAML', error.message.split('\n')[0] ?? '')
  return document
}

/** Exact big integers as numbers, so that values can be compared. */
const normalized = (value: unknown): unknown => {
  if (typeof value === 'bigint')
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  if (Array.isArray(value)) return value.map(normalized)
  if (value instanceof Date) return { date: value.toISOString() }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normalized(inner)]))
}

/** Sets each key to its source text: `1.10` is not 1.1 and `on` is not true, whatever a reader makes of it. */
const nameKeys = (document: YamlDocument): void => {
  visit(document, {
    Pair: (_, { key }) => {
      // the key of a merge (<<) is a symbol
      if (isScalar(key) && typeof key.value !== 'symbol' && key.source !== undefined) key.value = key.source
    },
  })
}

const plainOf = (path: string, document: YamlDocument | undefined): unknown => {
  if (document !== undefined) nameKeys(document)
  try {
    return normalized(document?.toJS() ?? null)
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(path, 'YAML', 'an anchor contains an alias of itself')
    throw unreadable(
      path,
      'YAML',
      error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
    )
  }
}

/**
 * A file as plain data, with keys as they are written.
 *
 * @throws `task-failed` as {@link documentOf}.
 */
export const dataOf = (path: string, text: string): unknown => plainOf(path, documentOf(path, text))

/** A file as a reader of YAML 1.1 sees it; undefined if such a reader cannot read it. */
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

/** A file as plain data in which each alias is its name, so that a change at an anchor shows only there. */
export const ownDataOf = (path: string, text: string): unknown => {
  const document = documentOf(path, text, false)
  if (document !== undefined) visit(document, { Alias: (_, { source }) => new Scalar(`*${source}`) })
  return plainOf(path, document)
}
