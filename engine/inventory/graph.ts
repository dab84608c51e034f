import { CoxswainError } from '../errors.ts'
import { nearest } from './nearest.ts'
import type { Group, Inventory } from './types.ts'

/** A group and its descendants, level by level in the order written: itself, its children, their children. */
const groupsBelow = ({ groups }: Inventory, name: string): Group[] => {
  const found = new Map<string, Group>()
  for (let level: readonly string[] = [name]; level.length > 0;) {
    const next: string[] = []
    for (const one of level) {
      const group = groups.get(one)
      if (group === undefined || found.has(one)) continue
      found.set(one, group)
      next.push(...group.children)
    }
    level = next
  }
  return [...found.values()]
}

/**
 * The hosts of a group and its descendants, in Ansible's order: the group's own as listed, then those of its
 * children, then those of their children. A host keeps its first position.
 *
 * If several children of a group have children, the order of those grandchildren in Ansible changes from
 * run to run; here it is the order written.
 */
export const hostsOfGroup = (inventory: Inventory, name: string): string[] => [
  ...new Set(groupsBelow(inventory, name).flatMap(({ hosts }) => hosts)),
]

/** Names, the first ten of many. */
const firstNames = (names: Iterable<string>, most = 10): string => {
  const all = [...names]
  return all.length <= most
    ? all.join(', ')
    : `${all.slice(0, most).join(', ')} and ${all.length - most} more`
}

/** The names that a pattern can have: groups and hosts, at most ten of each. */
export const knownNames = ({ groups, hosts }: Inventory): string =>
  hosts.size === 0
    ? `groups: ${firstNames(groups.keys())}`
    : `groups: ${firstNames(groups.keys())}; hosts: ${firstNames(hosts.keys())}`

/**
 * The hosts of a group that must exist.
 *
 * @throws `pattern-invalid` with the nearest name.
 */
export const requireGroup = (inventory: Inventory, name: string): string[] => {
  if (inventory.groups.has(name)) return hostsOfGroup(inventory, name)
  const guess = nearest(name, inventory.groups.keys())
  throw new CoxswainError('pattern-invalid', `the inventory has no group ${name}`, {
    hint:
      guess === undefined ? `its groups: ${firstNames(inventory.groups.keys())}` : `did you mean ${guess}?`,
  })
}

/** The depth of every group below `all`, by its longest path. */
const depths = ({ groups }: Inventory): Map<string, number> => {
  const depth = new Map<string, number>([['all', 0]])
  const visit = (name: string, at: number): void => {
    if ((depth.get(name) ?? -1) >= at && name !== 'all') return
    depth.set(name, at)
    for (const child of groups.get(name)?.children ?? []) visit(child, at + 1)
  }
  for (const name of groups.get('all')?.children ?? []) visit(name, 1)
  return depth
}

/**
 * The groups of every host, including ancestors, in Ansible's order: `all` first, parents before children, then by priority,
 * then by name.
 */
export const groupsOfHosts = (inventory: Inventory): Map<string, string[]> => {
  const depth = depths(inventory)
  const order = [...inventory.groups.values()]
    .toSorted(
      (a, b) =>
        (depth.get(a.name) ?? 0) - (depth.get(b.name) ?? 0) ||
        a.priority - b.priority ||
        (a.name < b.name ? -1 : 1),
    )
    .map(({ name }) => name)
  const groups = new Map<string, string[]>([...inventory.hosts.keys()].map((host) => [host, []]))
  for (const group of order) for (const host of hostsOfGroup(inventory, group)) groups.get(host)?.push(group)
  return groups
}
