/** Parses variables of the command line: `-e key=value`, several pairs in a word, `-e @file`, `-e '{"key": "value"}'`. */
import { isDecimal } from '../../dsl/decimal.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { Scalar, isTemplate } from '../scalar.ts'
import { mapScalars } from '../scalar-tree.ts'
import type { Variable } from '../types.ts'
import { readYaml } from '../yaml/read.ts'
import { readingsOf } from '../yaml/readings.ts'
import { readVariables } from './file.ts'
import { pairsIn } from './pairs.ts'

type Read = Pick<Variable, 'value' | 'written'>

/** Reads templates on the command line as literal text. */
const asWritten = (written: unknown): unknown =>
  mapScalars(written, (scalar) => (scalar.template ? scalar.text : scalar))

/** Parses YAML: a list or map in brackets, a quoted text, or a tag; undefined for other text. Numbers keep their text. */
const structured = (file: string, text: string): Read | undefined => {
  try {
    const { value, written } = readYaml(file, text, { json: false })
    return { value, written: asWritten(written) }
  } catch (error) {
    if (isCoxswainError(error)) return undefined
    throw error
  }
}

/** Reads a word without quotes: its text, and its value in YAML. Only decimal numbers are numbers. */
const plain = (text: string, place: Place): Read => {
  const { value, other, ambiguous } = readingsOf(text)
  if (isTemplate(text) || (typeof value === 'string' && !ambiguous)) return { value: text, written: text }
  if (value === null) return { value, written: new Scalar({ text, value, place }) }
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  const written =
    isNumber && !isDecimal(text)
      ? new Scalar({ text, value: text, other: value, place })
      : new Scalar({ text, value, ...(ambiguous && { other }), place })
  return { value: written.plain, written }
}

/**
 * Reads a text: the text as typed, and also the list, map, number or boolean that a schema can
 * expect instead.
 */
const readText = (text: string, place: Place): Read => {
  const typed = { value: text, written: text }
  if (text === '' || text !== text.trim()) return typed
  if (/^(?:[[{!]|"[^]*"$|'[^]*'$)/.test(text)) return structured(place.file, text) ?? typed
  return /\n/.test(text) ? typed : plain(text, place)
}

const malformed = (): CoxswainError =>
  new CoxswainError('usage', 'a value of -e is neither key=value, nor @file, nor a map; it is not shown', {
    hint: `write -e name=value, -e @file.yaml, or -e '{"name": "value"}'`,
  })

/** Parses a map. Its errors do not show the text, as it can contain a secret. */
const fromMap = (word: string): [string, Variable][] => {
  try {
    const { entries } = readYaml('-e', word, { hidden: true, json: false })
    if (entries === undefined) throw malformed()
    return entries.map(({ key, node }) => [
      key,
      { value: node.value, written: asWritten(node.written), place: { file: `-e ${key}` } },
    ])
  } catch (error) {
    throw isCoxswainError(error) ? malformed() : error
  }
}

const fromWord = (word: string): [string, Variable] => {
  const [name = ''] = word.split('=')
  if (!word.includes('=') || !/^[^\s{}[\]"':,]+$/.test(name)) throw malformed()
  // the option as typed; what shows a place leaves it out where it contains a secret
  const place = { file: `-e ${name}`, excerpt: word.split('\n', 1)[0]?.slice(0, 200) ?? '' }
  const typed = word.slice(name.length + 1)
  return [name, { ...readText(typed, place), typed, place }]
}

const isMap = (word: string): boolean => word.trimStart().startsWith('{')

const read = (word: string): [string, Variable][] =>
  isMap(word) ? fromMap(word) : pairsIn(word).map(fromWord)

/**
 * The names of the variables in a word of the command line; empty for `@file`, which is not read.
 *
 * @throws `usage` for another word. The error does not show it, as it can contain a secret.
 */
export const extraNames = (word: string): string[] =>
  word.startsWith('@') ? [] : read(word).map(([name]) => name)

/**
 * Parses variables of the command line: `key=value` pairs, `@file.yaml`, or a map of YAML or JSON. Later ones win.
 *
 * @throws `usage`, `load-failed`, `inventory-invalid`.
 */
export const parseExtra = async (words: readonly string[]): Promise<Map<string, Variable>> => {
  const variables = new Map<string, Variable>()
  for (const word of words) {
    const found = word.startsWith('@') ? await readVariables(word.slice(1)) : read(word)
    for (const [name, variable] of found) variables.set(name, variable)
  }
  return variables
}
