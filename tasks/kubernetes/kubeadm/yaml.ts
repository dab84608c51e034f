/** YAML streams: several documents in one text, as for kubeadm and kubectl. */
import { Document as YamlText, parseAllDocuments, stringify, visit } from 'yaml'
import type { Document as YamlDocument } from 'yaml'
import { CoxswainError } from '../../../engine/index.ts'

/** A YAML document as plain data. Undefined values are not written. */
export type Document = Readonly<Record<string, unknown>>

/** Whether a value of a document is a map. */
export const isMap = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Writes YAML documents one after the other. kubeadm reads YAML 1.1, where a bare yes, no, on or off is not a text. */
export const asYaml = (documents: readonly Document[]): string =>
  documents.map((document) => stringify(document, { keepUndefined: false, compat: 'yaml-1.1' })).join('---\n')

/**
 * Writes variables of an inventory. A text that an inventory would take for an expression is marked as text: it comes from a host, and
 * expressions can run programs.
 */
export const asVariables = (variables: Document): string => {
  const document = new YamlText(variables, {
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
    keepUndefined: false,
  })
  visit(document, {
    Scalar: (role, node) => {
      if (role === 'key' || typeof node.value !== 'string' || !/\{[{%#]/.test(node.value)) return
      node.tag = '!unsafe'
      node.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({ lineWidth: 0 })
}

/**
 * The documents of a text as plain data, without empty ones.
 *
 * @throws `task-failed` if the text is not valid YAML, with its source.
 */
export const readYaml = (text: string, source: string): unknown[] =>
  parseAllDocuments(text).flatMap((document): unknown[] => {
    const [error] = document.errors
    if (error !== undefined) {
      throw new CoxswainError('task-failed', `${source} is not YAML: ${error.message}`, { cause: error })
    }
    const value: unknown = document.toJS()
    return value === null || value === undefined ? [] : [value]
  })

/** Edits the documents of a text one by one; comments and order stay unchanged. */
export const editYaml = (text: string, edit: (document: YamlDocument) => void): string =>
  parseAllDocuments(text)
    .map((document) => {
      edit(document)
      return String(document).replace(/^---\n/, '')
    })
    .join('---\n')
