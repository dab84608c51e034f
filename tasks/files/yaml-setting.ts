import { isDeepStrictEqual } from 'node:util'
import { CoxswainError, defineTask, isSecret } from '../../engine/index.ts'
import { endOf } from '../shared/lines.ts'
import { keysOf, keyText, plainValue, settingParams, valueIn } from './editing/document-setting.ts'
import type { Setting } from './editing/document-setting.ts'
import { noPath } from './documents/keys.ts'
import type { Key } from './documents/keys.ts'
import { spliced } from './documents/splices.ts'
import type { Splice } from './documents/splices.ts'
import { dataOf, documentOf, oldDataOf, ownDataOf } from './documents/yaml-document.ts'
import type { YamlDocument } from './documents/yaml-document.ts'
import { removeEdits, setEdits } from './documents/yaml-edit.ts'
import type { Work } from './documents/yaml-edit.ts'
import { follow } from './documents/yaml-path.ts'
import { isSecretKey } from './editing/hidden-lines.ts'
import { editing } from './editing/editing.ts'

/** The layout of a file: the indentation of a level, and whether lists are indented further than their key. */
const workFor = (path: string, text: string): Work => {
  const [, indent = '  '] = /^( +)[^\s#-]/m.exec(text) ?? []
  const layout = {
    step: Math.max(2, indent.length),
    indentLists: !/^( *)[^\s#-].*:[ \t]*\r?\n\1- /m.test(text),
  }
  return { path, text, layout, newline: endOf(text) }
}

const editsFor = (
  work: Work,
  document: YamlDocument | undefined,
  keys: readonly Key[],
  value: unknown,
): Splice[] => {
  const found = follow(work, document?.contents ?? null, keys)
  if (found.kind === 'missing' && (value === undefined || found.rest.length > 0)) {
    // an own key replaces a merged one completely: it can neither remove nor change a part of it
    const above = keys.slice(0, keys.length - found.rest.length)
    if (valueIn(dataOf(work.path, work.text), above) !== undefined)
      throw noPath(work.path, above, 'comes from a merge (<<): change the merged map')
  }
  if (value !== undefined) return setEdits(work, found, keys, value)
  return found.kind === 'there' ? removeEdits(work, keys, found.slot) : []
}

/** Whether a reader sees the value at its path. */
const isChangedTo = (after: unknown, keys: readonly Key[], value: unknown): boolean => {
  const there = valueIn(after, keys)
  return value === undefined ? there === undefined : isDeepStrictEqual(there, value)
}

/** The text with the value set; every other byte stays unchanged. */
export const withYamlSetting = (text: string, { path, key, value, state }: Setting): string => {
  const document = documentOf(path, text)
  const keys = keysOf(key)
  const wanted = state === 'absent' ? undefined : plainValue(value)
  const found = valueIn(dataOf(path, text), keys)
  const old = oldDataOf(path, text)
  const same = isDeepStrictEqual(found, wanted)
  // text that readers of YAML 1.1 read as another type is not the wanted value
  if (same && (old === undefined || isDeepStrictEqual(valueIn(old, keys), wanted))) return text
  const work = workFor(path, text)
  const edits = editsFor(work, document, keys, wanted)
  const next = spliced(text, edits)
  verify(path, text, next, keys, wanted)
  return next
}

/**
 * Checks the result of an edit before anything is written.
 *
 * @throws `task-failed` if the value is not set in the result, or if other values changed.
 */
const verify = (path: string, before: string, after: string, keys: readonly Key[], value: unknown): void => {
  const fail = (why: string): never => {
    throw new CoxswainError('task-failed', `${path}: ${keys.join('.')} cannot be edited in place: ${why}`, {
      hint: 'edit the file by hand; it was not changed',
    })
  }
  let data: unknown
  try {
    data = dataOf(path, after)
  } catch (error) {
    return fail(error instanceof Error ? error.message.replace(/^.*?: /, '') : String(error))
  }
  if (!isChangedTo(data, keys, value)) fail('the result would not have the value')
  if (!sameBeside(ownDataOf(path, before), ownDataOf(path, after), keys)) fail('other values would change')
}

/** Whether two trees are equal except at a path. */
const sameBeside = (a: unknown, b: unknown, [key, ...rest]: readonly Key[]): boolean => {
  if (key === undefined) return true
  const [left, right] = [a, b].map((one) => (typeof one === 'object' && one !== null ? one : {}))
  const others = (tree: object): unknown[] => Object.entries(tree).filter(([name]) => name !== String(key))
  // items after a removed item of a list have other indexes
  if (Array.isArray(a) && Array.isArray(b) && a.length > b.length)
    return isDeepStrictEqual(a.toSpliced(Number(key), 1), b)
  return (
    isDeepStrictEqual(others(left ?? {}), others(right ?? {})) &&
    sameBeside(Reflect.get(left ?? {}, String(key)), Reflect.get(right ?? {}, String(key)), rest)
  )
}

/** Sets a value in a YAML file. */
export const yamlSetting = defineTask({
  name: 'yaml-setting',
  description: 'Sets or removes a value in a YAML file; everything else in the file stays unchanged.',
  example: { path: '/etc/app.yaml', key: 'server.port', value: 8080, create: true },
  params: settingParams,
  title: ({ path, key, state }) => `${state === 'absent' ? 'no ' : ''}${keyText(key)} in ${path}`,
  ...editing<Setting>({
    edit: withYamlSetting,
    hidden: ({ key, value }) => (isSecret(value) || isSecretKey(keysOf(key)) ? keyText(key) : undefined),
  }),
})
