import type { Secret } from '../../secret.ts'
import type { InventoryDraft } from '../draft.ts'
import { checkGroupName } from '../group-names.ts'
import { readHostWord } from './host-words.ts'
import { invalid } from '../invalid.ts'
import { isListing, readListing } from './listing-source.ts'
import { nearest } from '../nearest.ts'
import { secretsIn } from '../secrets/sealed.ts'
import { emptyAt, entriesOf, readYaml, variableOf } from '../yaml/read.ts'
import type { Entry, YamlNode } from '../yaml/read.ts'

/** What a group may hold, in Ansible's YAML layout. */
const groupKeys = ['hosts', 'children', 'vars']

/** Refuses a name that is a number or the like to YAML, as Ansible does: `no` would be one of false, `010` one of 8. */
const requireName = ({ key, named, place }: Entry, what: string): void => {
  if (key === '') throw invalid(`a ${what} needs a name`, place)
  if (!named)
    throw invalid(
      `${key} is not text to YAML, but the name of a ${what} is`,
      place,
      `put it in quotes: "${key}":`,
    )
}

const readHost = (draft: InventoryDraft, group: string, entry: Entry): void => {
  requireName(entry, 'host')
  const variables = entriesOf(entry.node, `the variables of host ${entry.key}`)
  const { names, port } = readHostWord(entry.key, entry.place)
  for (const name of names) {
    draft.host(name, group, port)
    for (const variable of variables) draft.hostVariable(name, variable.key, variableOf(variable))
  }
}

/** The entries of a map. Text is a map with that one name, as in Ansible, and a warning. */
const namesOrMap = (draft: InventoryDraft, node: YamlNode, what: string): readonly Entry[] => {
  const { value, place } = node
  if (typeof value !== 'string' || value === '') return entriesOf(node, what)
  draft.warn(`${what} is text: it is read as the one name ${value}`, place, `write a map: { ${value}: }`)
  return [{ key: value, named: true, place, node: emptyAt(place) }]
}

/** A key that a group does not have is ignored with a warning, as in Ansible. */
const warnOfKey = (draft: InventoryDraft, group: string, { key, place }: Entry): void => {
  const guess = nearest(key, groupKeys)
  draft.warn(
    `a group has no "${key}": it is ignored in ${group}`,
    place,
    guess === undefined
      ? `it has ${groupKeys.join(', ')}; a host stands under hosts, a group under children`
      : `did you mean ${guess}?`,
  )
}

const readChildren = (draft: InventoryDraft, group: string, node: YamlNode): void => {
  for (const child of namesOrMap(draft, node, `children of ${group}`)) {
    requireName(child, 'group')
    checkGroupName(draft, child.key, child.place)
    draft.impliedChild(group, child.key, child.place)
    // a name alone points to a group that is defined elsewhere
    if (child.node.empty) continue
    entriesOf(child.node, `group ${child.key}`)
    readGroup(draft, child)
  }
}

const readGroup = (draft: InventoryDraft, entry: Entry): void => {
  const { key, node, place } = entry
  requireName(entry, 'group')
  checkGroupName(draft, key, place)
  if (node.entries === undefined) {
    draft.warn(`${key} is not a group: it is ignored`, place, `a group has ${groupKeys.join(', ')}`)
    return
  }
  draft.group(key, place)
  for (const part of node.entries) {
    if (part.key === 'hosts') {
      for (const host of namesOrMap(draft, part.node, `hosts of ${key}`)) readHost(draft, key, host)
    } else if (part.key === 'children') {
      readChildren(draft, key, part.node)
    } else if (part.key === 'vars') {
      for (const variable of namesOrMap(draft, part.node, `vars of ${key}`)) {
        draft.groupVariable(key, variable.key, variableOf(variable))
      }
    } else warnOfKey(draft, key, part)
  }
}

/** Ansible's inventory plugins are configured in YAML too; a file for one is no inventory. */
const refusePlugin = (entries: readonly Entry[]): void => {
  const plugin = entries.find(({ key, node }) => key === 'plugin' && typeof node.value === 'string')
  if (plugin === undefined) return
  throw invalid(
    'this configures an inventory plugin of Ansible, which is Python',
    plugin.place,
    'write an executable that runs `ansible-inventory -i FILE --list`, and give that',
  )
}

/**
 * Reads an inventory in Ansible's YAML layout: groups at the top, each with hosts, children and vars. What has `_meta`
 * is read in the form in which executables print it.
 *
 * @param hidden whether the text was encrypted.
 * @returns what is secret in it: all its values, where it was encrypted.
 * @throws `inventory-invalid` with file, line and column.
 */
export const readYamlInventory = (
  draft: InventoryDraft,
  file: string,
  text: string,
  hidden = false,
): Secret[] => {
  const root = readYaml(file, text, hidden)
  const entries = entriesOf(root, 'an inventory')
  refusePlugin(entries)
  if (isListing(entries)) readListing(draft, root)
  else for (const entry of entries) readGroup(draft, entry)
  return hidden ? [...secretsIn(root.value), ...secretsIn(root.written)] : []
}
