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

/** The keys of a group in Ansible's YAML layout. */
const groupKeys = ['children', 'hosts', 'vars']

/** Refuses a name that is not text in YAML, as Ansible does: `no` would be false, `010` would be 8. */
const requireName = ({ key, named, place }: Entry, what: string): void => {
  if (key === '') throw invalid(`a ${what} needs a name`, place)
  if (!named)
    throw invalid(
      `the name of a ${what} must be text, and ${key} is not text in YAML`,
      place,
      `quote it: "${key}":`,
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

/** The entries of a map. As in Ansible, text is read as a map with that name, with a warning. */
const namesOrMap = (draft: InventoryDraft, node: YamlNode, what: string): readonly Entry[] => {
  const { value, place } = node
  if (typeof value !== 'string' || value === '') return entriesOf(node, what)
  draft.warn(`${what} is text: it is read as the name ${value}`, place, `write a map: { ${value}: }`)
  return [{ key: value, named: true, place, node: emptyAt(place) }]
}

/** A key that a group does not have is ignored with a warning, as in Ansible. */
const warnOfKey = (draft: InventoryDraft, group: string, { key, place }: Entry): void => {
  const guess = nearest(key, groupKeys)
  draft.warn(
    `"${key}" is not a key of a group (allowed: ${groupKeys.join(', ')}); it is ignored in ${group}`,
    place,
    guess === undefined
      ? `if "${key}" is a host, indent it below hosts:; if it is a group, indent it below children:`
      : `did you mean ${guess}?`,
  )
}

const readChildren = (draft: InventoryDraft, group: string, node: YamlNode): void => {
  for (const child of namesOrMap(draft, node, `children of ${group}`)) {
    requireName(child, 'group')
    checkGroupName(draft, child.key, child.place)
    draft.impliedChild(group, child.key, child.place)
    // a name without a value refers to a group that is defined elsewhere
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

/** Refuses the configuration of an inventory plugin of Ansible, which is also YAML. */
const refusePlugin = (entries: readonly Entry[]): void => {
  const plugin = entries.find(({ key, node }) => key === 'plugin' && typeof node.value === 'string')
  if (plugin === undefined) return
  throw invalid(
    'this configures an inventory plugin of Ansible, which is Python',
    plugin.place,
    'use an executable that runs `ansible-inventory -i FILE --list` instead',
  )
}

/**
 * Reads an inventory in Ansible's YAML layout: groups at the top, each with hosts, children and vars. A document with `_meta`
 * is read as the output of an executable.
 *
 * @param hidden whether the text was encrypted.
 * @returns its secrets: all values if it was encrypted.
 * @throws `inventory-invalid` with file, line and column.
 */
export const readYamlInventory = (
  draft: InventoryDraft,
  file: string,
  text: string,
  hidden = false,
): Secret[] => {
  const root = readYaml(file, text, { hidden })
  const entries = entriesOf(root, 'an inventory')
  refusePlugin(entries)
  if (isListing(entries)) readListing(draft, root)
  else for (const entry of entries) readGroup(draft, entry)
  return hidden ? [...secretsIn(root.value), ...secretsIn(root.written)] : []
}
