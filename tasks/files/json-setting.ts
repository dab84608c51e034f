import { isDeepStrictEqual } from 'node:util'
import { getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Node, ParseError } from 'jsonc-parser'
import { CoxswainError, defineTask, isSecret } from '../../engine/index.ts'
import { endOf } from '../shared/lines.ts'
import { keysOf, keyText, plainValue, settingParams, valueIn } from './editing/document-setting.ts'
import type { Setting } from './editing/document-setting.ts'
import { jsonRemoveEdits, jsonSetEdits } from './documents/json-edit.ts'
import { spliced } from './documents/splices.ts'
import { unreadable } from './documents/unreadable.ts'
import { isSecretKey } from './editing/hidden-lines.ts'
import { editing } from './editing/editing.ts'

const byteOrderMark = '\u{FEFF}'

/** @throws `task-failed` if the text is not valid JSON, with the line. */
const parsed = (path: string, text: string): Node => {
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (tree !== undefined && error === undefined) return tree
  const line = text.slice(0, error?.offset ?? 0).split('\n').length
  throw unreadable(
    path,
    'JSON',
    `line ${line}: ${error === undefined ? 'nothing' : printParseErrorCode(error.error)}`,
  )
}

const edited = (text: string, { path, key, value, state }: Setting): string => {
  const before = text.trim() === '' ? `{}${text === '' ? '\n' : text}` : text
  const tree = parsed(path, before)
  const keys = keysOf(key)
  const wanted = state === 'absent' ? undefined : plainValue(value)
  if (isDeepStrictEqual(valueIn(plainValue(getNodeValue(tree)), keys), wanted)) return text
  const [, unit = '  '] = /\n([ \t]+)\S/.exec(before) ?? []
  const work = { path, text: before, unit, newline: endOf(before) }
  const next = spliced(
    before,
    wanted === undefined ? jsonRemoveEdits(work, tree, keys) : jsonSetEdits(work, tree, keys, wanted),
  )
  // for example, a key that occurs twice still exists after one of them is removed
  const after = plainValue(getNodeValue(parsed(path, next)))
  if (!isDeepStrictEqual(valueIn(after, keys), wanted))
    throw new CoxswainError('task-failed', `${path}: ${keys.join('.')} cannot be edited in place`, {
      hint: 'check whether the key occurs twice; the file was not changed',
    })
  return next
}

/** The text with the value set; every other byte stays unchanged. */
export const withJsonSetting = (text: string, given: Setting): string =>
  text.startsWith(byteOrderMark) ? byteOrderMark + edited(text.slice(1), given) : edited(text, given)

/** Sets a value in a JSON file. */
export const jsonSetting = defineTask({
  name: 'json-setting',
  description: 'Sets or removes a value in a JSON file; everything else in the file stays unchanged.',
  example: { path: '/etc/docker/daemon.json', key: 'log-opts.max-size', value: '10m', create: true },
  params: settingParams,
  title: ({ path, key, state }) => `${state === 'absent' ? 'no ' : ''}${keyText(key)} in ${path}`,
  ...editing<Setting>({
    edit: withJsonSetting,
    hidden: ({ key, value }) => (isSecret(value) || isSecretKey(keysOf(key)) ? keyText(key) : undefined),
  }),
})
