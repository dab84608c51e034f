import { isDeepStrictEqual } from 'node:util'
import { Document, isScalar, parseAllDocuments } from 'yaml'
import { defineTask, z } from '../../engine/index.ts'
import { keysOf, keyText, settingParams, unreadable, valueGiven } from './document-setting.ts'
import type { Key } from './document-setting.ts'
import { editing } from './editing.ts'

const params = z.object(settingParams).refine(valueGiven, { message: 'a value is needed', path: ['value'] })
type Params = z.output<typeof params>

/** Lists under a key may stand further in than it, or not: as the file does it. */
const indentsLists = (text: string): boolean => !/^( *)[^\s#-].*:[ \t]*\n\1- /m.test(text)

/** The one document of a text; a new one where there is nothing but comments. */
const documentOf = (path: string, text: string): Document => {
  const documents = parseAllDocuments(text)
  const fresh = new Document({})
  if ('empty' in documents) {
    fresh.commentBefore = documents.comment
    return fresh
  }
  const [document, ...others] = documents
  if (document === undefined || others.length > 0)
    throw unreadable(path, 'single YAML document', `it holds ${documents.length}`)
  const [error] = document.errors
  if (error !== undefined) throw unreadable(path, 'YAML', error.message.split('\n')[0] ?? '')
  if (document.contents !== null) return document
  fresh.commentBefore = document.commentBefore ?? document.comment
  return fresh
}

/** Puts a value at its place; a plain one takes over the quotes and the comment of the one that was there. */
const put = (document: Document, keys: readonly Key[], value: unknown): void => {
  const node = document.getIn(keys, true)
  if (isScalar(node) && typeof node.value === typeof value) node.value = value
  else document.setIn(keys, document.createNode(value))
}

/** The text with the value at its place; comments and order stay, quotes and blank lines mostly. */
export const withYamlSetting = (text: string, { path, key, value, state }: Params): string => {
  const document = documentOf(path, text)
  const keys = keysOf(key)
  const tree: unknown = document.toJS()
  const found = keys.reduce<unknown>(
    (node, one) => (typeof node === 'object' && node !== null ? Reflect.get(node, one) : undefined),
    tree,
  )
  if (state === 'absent' ? found === undefined : isDeepStrictEqual(found, value)) return text
  if (state === 'absent') document.deleteIn(keys)
  else put(document, keys, value)
  const [, indent = '  '] = /^( +)[^\s#-]/m.exec(text) ?? []
  const layout = { lineWidth: 0, indent: Math.max(2, indent.length), indentSeq: indentsLists(text) }
  // the blank line that stood behind a first key that went
  return document.toString(layout).replace(/^\n+/, '')
}

/** Hold a value in a YAML file. */
export const yamlSetting = defineTask({
  name: 'yaml-setting',
  description: 'Holds a value in a YAML file, or holds it out of it; comments and order stay.',
  example: { path: '/etc/app.yaml', key: 'server.port', value: 8080, create: true },
  params,
  title: ({ path, key, state }) => `${state === 'absent' ? 'no ' : ''}${keyText(key)} in ${path}`,
  ...editing<Params>({ edit: withYamlSetting }),
})
