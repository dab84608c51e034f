/** YAML streams: several documents in one text, as kubeadm and kubectl take them. */
import { parseAllDocuments, stringify } from 'yaml'
import type { Document as YamlDocument } from 'yaml'
import { CoxswainError } from '../../../engine/index.ts'

/** A YAML document as plain data; undefined values are left out when it is written. */
export type Document = Readonly<Record<string, unknown>>

/** YAML documents one after another. */
export const asYaml = (documents: readonly Document[]): string =>
  documents.map((document) => stringify(document, { keepUndefined: false })).join('---\n')

/**
 * The documents of a text as plain data, empty ones left out.
 *
 * @throws `task-failed` for what is no YAML, naming where it came from.
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

/** A text with its documents edited one by one; comments and order stay. */
export const editYaml = (text: string, edit: (document: YamlDocument) => void): string =>
  parseAllDocuments(text)
    .map((document) => {
      edit(document)
      return String(document).replace(/^---\n/, '')
    })
    .join('---\n')
