/** Lookups of names: of hosts by a pattern, of variables by a regular expression. */
import { isCoxswainError } from '../../errors.ts'
import { matchHosts } from '../patterns/match.ts'
import type { Inventory } from '../types.ts'
import { Fault } from './fault.ts'
import { matchesOf } from './filters/regex.ts'
import type { Machine } from './machine.ts'
import { patternOf } from './python-pattern.ts'

/** What these lookups need. */
export interface NamesContext {
  readonly machine: Machine
  readonly inventory: Inventory
  /** The names of the variables of the host. */
  readonly names: () => readonly string[]
}

type NamesLookup = (context: NamesContext, terms: readonly string[]) => readonly string[]

const hostNames: NamesLookup = ({ inventory }, terms) => {
  try {
    return matchHosts(inventory, terms.join(','))
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    throw new Fault(`the pattern of inventory_hostnames: ${error.message}`, {
      word: 'inventory_hostnames',
      hint: error.hint,
    })
  }
}

/** Names of variables, pattern by pattern. */
const variableNames: NamesLookup = ({ machine, names }, terms) =>
  terms.flatMap((term) => {
    const pattern = patternOf(term)
    return names().filter((name) => matchesOf(machine, name, pattern, 1).length > 0)
  })

/** The lookups by name. */
export const namesLookups: Readonly<Record<string, NamesLookup>> = {
  inventory_hostnames: hostNames,
  varnames: variableNames,
}
