import { CoxswainError, isCoxswainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import type { InventoryDraft } from './draft.ts'
import { nearest } from './nearest.ts'
import { discreet } from './place.ts'
import { expandRanges } from './ranges.ts'
import { readYaml, variableOf } from './yaml.ts'
import type { Entry, YamlNode } from './yaml.ts'

/** What a group may hold, in Ansible's YAML layout. */
const groupKeys = ['hosts', 'children', 'vars']

const invalid = (message: string, place: Place, hint?: string): CoxswainError =>
  new CoxswainError('inventory-invalid', message, { place: discreet(place), hint })

const entriesOf = ({ entries, place }: YamlNode, what: string): readonly Entry[] => {
  if (entries === undefined)
    throw invalid(`${what} must be a map of names`, place, 'write `name:` on lines of their own')
  return entries
}

const names = ({ key, place }: Entry): string[] => {
  try {
    return expandRanges(key)
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    throw invalid(error.message, place, error.hint)
  }
}

const readHost = (draft: InventoryDraft, group: string, entry: Entry): void => {
  const variables = entriesOf(entry.node, `the variables of host ${entry.key}`)
  for (const name of names(entry)) {
    draft.host(name, group)
    for (const variable of variables) draft.hostVariable(name, variable.key, variableOf(variable))
  }
}

const checkGroupName = ({ key, place }: Entry): void => {
  if (!/^[A-Za-z_][\w.-]*$/.test(key)) {
    throw invalid(
      `${key} is no name for a group`,
      place,
      'use letters, digits, _ - and ., and begin with a letter',
    )
  }
}

const readGroup = (draft: InventoryDraft, entry: Entry): void => {
  checkGroupName(entry)
  draft.group(entry.key, entry.place)
  for (const part of entriesOf(entry.node, `group ${entry.key}`)) {
    if (part.key === 'hosts') {
      for (const host of entriesOf(part.node, `hosts of ${entry.key}`)) readHost(draft, entry.key, host)
    } else if (part.key === 'children') {
      for (const child of entriesOf(part.node, `children of ${entry.key}`)) {
        checkGroupName(child)
        draft.child(entry.key, child.key, child.place)
        // a name alone points to a group that is defined elsewhere
        if (!child.node.empty) readGroup(draft, child)
      }
    } else if (part.key === 'vars') {
      for (const variable of entriesOf(part.node, `vars of ${entry.key}`)) {
        draft.groupVariable(entry.key, variable.key, variableOf(variable))
      }
    } else {
      const guess = nearest(part.key, groupKeys)
      throw invalid(
        `a group has no "${part.key}"`,
        part.place,
        guess === undefined
          ? `it has ${groupKeys.join(', ')}; a host stands under hosts, a group under children`
          : `did you mean ${guess}?`,
      )
    }
  }
}

/**
 * Reads an inventory in Ansible's YAML layout: groups at the top, each with hosts, children and vars.
 *
 * @throws `inventory-invalid` with file, line and column.
 */
export const readYamlInventory = (draft: InventoryDraft, file: string, text: string): void => {
  for (const entry of entriesOf(readYaml(file, text), 'an inventory')) readGroup(draft, entry)
}
