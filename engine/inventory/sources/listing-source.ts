/** Reads Ansible's JSON format of inventories, which executables print with `--list`. */
import { z } from 'zod'
import type { InventoryDraft } from '../draft.ts'
import { checkGroupName } from '../group-names.ts'
import { invalid } from '../invalid.ts'
import { nearest } from '../nearest.ts'
import { textsOf } from '../scalar-tree.ts'
import { entriesOf, variableOf } from '../yaml/read.ts'
import type { Entry, YamlNode } from '../yaml/read.ts'

const groupKeys = ['hosts', 'children', 'vars']

/** Names that look like numbers are read as written. */
const nameList = z.array(z.string())

const namesIn = ({ empty, written, place }: YamlNode, what: string): readonly string[] => {
  const parsed = nameList.safeParse(empty ? [] : textsOf(written))
  if (parsed.success) return parsed.data
  throw invalid(`${what} must be a list of names`, place, 'write ["a", "b"]')
}

/** Reads a group, and returns its hosts. */
const readGroup = (draft: InventoryDraft, { key: group, place, node }: Entry): readonly string[] => {
  checkGroupName(draft, group, place)
  draft.group(group, place)
  const named = (hosts: readonly string[]): readonly string[] => {
    for (const host of hosts) draft.host(host, group)
    return hosts
  }
  // a list is the hosts of the group
  if (node.entries === undefined) return named(namesIn(node, `group ${group}`))
  const hosts: string[] = []
  for (const part of node.entries) {
    if (part.key === 'hosts') {
      hosts.push(...named(namesIn(part.node, `hosts of ${group}`)))
    } else if (part.key === 'children') {
      for (const child of namesIn(part.node, `children of ${group}`))
        draft.impliedChild(group, child, part.place)
    } else if (part.key === 'vars') {
      for (const variable of entriesOf(part.node, `vars of ${group}`))
        draft.groupVariable(group, variable.key, variableOf(variable))
    } else {
      const guess = nearest(part.key, groupKeys)
      throw invalid(
        `a group does not have "${part.key}"`,
        part.place,
        guess === undefined ? `it has ${groupKeys.join(', ')}` : `did you mean ${guess}?`,
      )
    }
  }
  return hosts
}

/** Reads the variables of a host. */
export const readHostVariables = (draft: InventoryDraft, host: string, node: YamlNode): void => {
  for (const variable of entriesOf(node, `the variables of host ${host}`))
    draft.hostVariable(host, variable.key, variableOf(variable))
}

/** Whether a document has this format: only it has `_meta` at the top. */
export const isListing = (entries: readonly Entry[]): boolean => entries.some(({ key }) => key === '_meta')

/**
 * Reads the output of `--list`.
 *
 * @returns the hosts without variables in it: none if it has `_meta`, else all hosts.
 * @throws `inventory-invalid` with line and column of the output.
 */
export const readListing = (draft: InventoryDraft, root: YamlNode): readonly string[] => {
  let hasVariables = false
  const hosts = new Set<string>()
  const variables: Entry[] = []
  for (const entry of entriesOf(root, 'an inventory')) {
    if (entry.key !== '_meta') {
      for (const host of readGroup(draft, entry)) hosts.add(host)
      continue
    }
    for (const { key, node } of entriesOf(entry.node, '_meta')) {
      if (key !== 'hostvars') continue
      hasVariables = true
      variables.push(...entriesOf(node, 'hostvars'))
    }
  }
  for (const { key, place, node } of variables) {
    if (hosts.has(key)) readHostVariables(draft, key, node)
    else
      draft.warn(
        `${key} has variables, but is not in a group: it is ignored`,
        place,
        'add it to the hosts of a group',
      )
  }
  return hasVariables ? [] : [...hosts]
}
