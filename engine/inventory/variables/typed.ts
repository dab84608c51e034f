/** Variables of the command line: `-e key=value`, several such pairs in a word, `-e @file`, `-e '{"key": "value"}'`. */
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

/** What is typed on the command line is meant as it stands, with the braces of a template or without. */
const asWritten = (written: unknown): unknown =>
  mapScalars(written, (scalar) => (scalar.template ? scalar.text : scalar))

/** A text of YAML: a list or map in brackets, a text in quotes, or a tag. Undefined where it is none. A number in it was typed. */
const structured = (file: string, text: string): Read | undefined => {
  try {
    const { value, written } = readYaml(file, text, false, false)
    return { value, written: asWritten(written) }
  } catch (error) {
    if (isCoxswainError(error)) return undefined
    throw error
  }
}

/** A word without quotes: its text, and what YAML reads it as. A number is one only where it is written as a decimal. */
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
 * What a text is read as: the text that was typed, and beside it the list, map, number or truth value that a schema may
 * want instead.
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

/** The entries of a map that is typed in one piece. Its errors show no line of it: it can hold a secret. */
const fromMap = (word: string): [string, Variable][] => {
  try {
    const { entries } = readYaml('-e', word, true, false)
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
  const place = { file: `-e ${name}` }
  const typed = word.slice(name.length + 1)
  return [name, { ...readText(typed, place), typed, place }]
}

const isMap = (word: string): boolean => word.trimStart().startsWith('{')

const read = (word: string): [string, Variable][] =>
  isMap(word) ? fromMap(word) : pairsIn(word).map(fromWord)

/**
 * The names of the variables in a word of the command line; none for `@file`, which is not read.
 *
 * @throws `usage` for what is neither. The error does not show it: it can hold a secret.
 */
export const extraNames = (word: string): string[] =>
  word.startsWith('@') ? [] : read(word).map(([name]) => name)

/**
 * Variables of the command line: `key=value` pairs, `@file.yaml`, or a map of YAML or JSON. Later ones win.
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
