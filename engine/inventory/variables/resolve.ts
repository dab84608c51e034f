import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { groupsOfHosts, hostsOfGroup } from '../graph.ts'
import { layersOf } from './layers.ts'
import { settingsOf } from './settings.ts'
import type { Host, Inventory, Variable, Variables } from '../types.ts'
import { readVariables } from './file.ts'
import { mapScalars } from '../scalar-tree.ts'
import { readYaml } from '../yaml/read.ts'

const merged = (layers: readonly Variables[]): Variables => new Map(layers.flatMap((layer) => [...layer]))

/**
 * Every host, in the order of `all`, with its groups and its variables, merged in the order of {@link layersOf}. A value replaces the one before it
 * whole; maps are not merged. The playbook's defaults come below all of these, from its schema.
 */
export const resolveHosts = (inventory: Inventory, extra: Variables = new Map()): Map<string, Host> => {
  const groups = groupsOfHosts(inventory)
  const hosts = new Map<string, Host>()
  for (const name of hostsOfGroup(inventory, 'all')) {
    const its = groups.get(name) ?? []
    const layers = layersOf(inventory, name, its, extra).map(({ variables }) => variables)
    hosts.set(name, {
      name,
      groups: its,
      variables: merged(layers),
      settings: settingsOf(layers),
    })
  }
  return hosts
}

/**
 * The name of a variable of the command line.
 *
 * @throws `usage` for what is not `key=value`. The error does not show it: it can hold a secret.
 */
export const extraName = (word: string): string => {
  const [name = ''] = word.split('=')
  if (word.includes('=') && /^[^\s{}[\]"':,]+$/.test(name)) return name
  throw new CoxswainError('usage', 'a value of -e is neither key=value nor @file; it is not shown', {
    hint: 'write -e name=value, or put JSON or YAML into a file: -e @file.yaml',
  })
}

const fromWord = (word: string): readonly [string, Variable] => {
  const name = extraName(word)
  const file = `-e ${name}`
  const [typed, place] = [word.slice(name.length + 1), { file }]
  // an empty YAML document is null, but nothing behind the = means an empty text
  if (typed === '') return [name, { value: '', place }]
  const { value, written } = asYaml(file, typed)
  return [name, { value, written, typed, place }]
}

/** Read as YAML, so that numbers, booleans and lists can be given; what is no YAML (`@home`) is the text that it is. */
const asYaml = (file: string, text: string): { value: unknown; written: unknown } => {
  try {
    const { value, written } = readYaml(file, text)
    // a text is what was typed: with its blanks, lines, and what YAML takes for a comment
    if (typeof value === 'string' && value !== text && !/^\s*["'!|>&*]/.test(text))
      return { value: text, written: text }
    // what is typed here is meant as it stands, with braces or without
    return { value, written: mapScalars(written, (scalar) => (scalar.template ? scalar.text : scalar)) }
  } catch (error) {
    if (!isCoxswainError(error) || /^\s*(?:[["']|\{(?![{%#]))/.test(text)) throw error
    return { value: text, written: text }
  }
}

/**
 * Variables of the command line: `key=value`, the value read as YAML, or `@file.yaml`. Later ones win.
 *
 * @throws `usage`, `load-failed`, `inventory-invalid`.
 */
export const parseExtra = async (words: readonly string[]): Promise<Map<string, Variable>> => {
  const variables = new Map<string, Variable>()
  for (const word of words) {
    const found = word.startsWith('@') ? await readVariables(word.slice(1)) : [fromWord(word)]
    for (const [name, variable] of found) variables.set(name, variable)
  }
  return variables
}
