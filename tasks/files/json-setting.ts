import { isDeepStrictEqual } from 'node:util'
import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  modify,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import type { ParseError } from 'jsonc-parser'
import { defineTask, z } from '../../engine/index.ts'
import { keysOf, keyText, settingParams, unreadable, valueGiven } from './document-setting.ts'
import { editing } from './editing.ts'

const params = z.object(settingParams).refine(valueGiven, { message: 'a value is needed', path: ['value'] })
type Params = z.output<typeof params>

/** What a level is indented with, as the file does it; two spaces in a new one. */
const indentation = (text: string): { insertSpaces: boolean; tabSize: number } => {
  const [, space = '  '] = /\n([ \t]+)\S/.exec(text) ?? []
  return { insertSpaces: !space.startsWith('\t'), tabSize: space.startsWith('\t') ? 4 : space.length }
}

/** The text with the value at its place; comments and everything else stay as they are. */
export const withJsonSetting = (text: string, { path, key, value, state }: Params): string => {
  const errors: ParseError[] = []
  const before = text.trim() === '' ? '{}\n' : text
  const tree = parseTree(before, errors, { allowTrailingComma: true })
  const [error] = errors
  if (tree === undefined || error !== undefined) {
    const line = before.slice(0, error?.offset ?? 0).split('\n').length
    throw unreadable(
      path,
      'JSON',
      `line ${line}: ${error === undefined ? 'nothing' : printParseErrorCode(error.error)}`,
    )
  }
  const keys = keysOf(key)
  const node = findNodeAtLocation(tree, keys)
  const wanted = state === 'absent' ? undefined : value
  if (
    wanted === undefined
      ? node === undefined
      : node !== undefined && isDeepStrictEqual(getNodeValue(node), wanted)
  )
    return text
  return applyEdits(
    before,
    modify(before, keys, wanted, { formattingOptions: { ...indentation(before), eol: '\n' } }),
  )
}

/** Hold a value in a JSON file. */
export const jsonSetting = defineTask({
  name: 'json-setting',
  description: 'Holds a value in a JSON file, or holds it out of it; comments and layout stay.',
  example: { path: '/etc/docker/daemon.json', key: 'log-opts.max-size', value: '10m', create: true },
  params,
  title: ({ path, key, state }) => `${state === 'absent' ? 'no ' : ''}${keyText(key)} in ${path}`,
  ...editing<Params>({ edit: withJsonSetting }),
})
