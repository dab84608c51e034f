/** Shows an inventory as a tree or as JSON. Pure. */
import { hostsOfGroup } from './graph.ts'
import type { Host, Inventory } from './types.ts'

/** Whether a group or its descendants have one of these hosts. */
const holds = (inventory: Inventory, group: string, hosts: ReadonlySet<string>): boolean =>
  hostsOfGroup(inventory, group).some((host) => hosts.has(host))

/**
 * The tree of groups and hosts, as in `ansible-inventory --graph`.
 *
 * @param hosts the hosts to show; with `limited`, groups without any of them are not shown.
 * @example
 * // @all:
 * //   |--@web:
 * //   |  |--web1
 */
export const outlineTree = (inventory: Inventory, hosts: ReadonlySet<string>, limited: boolean): string => {
  const lines: string[] = []
  const visit = (name: string, depth: number): void => {
    const group = inventory.groups.get(name)
    if (group === undefined) return
    const lead = (at: number): string => (at === 0 ? '' : `  ${'|  '.repeat(at - 1)}|--`)
    lines.push(`${lead(depth)}@${name}:`)
    for (const child of group.children) {
      const idle = child === 'ungrouped' || limited
      if (!idle || holds(inventory, child, hosts)) visit(child, depth + 1)
    }
    // hosts that are only in `all` are shown below ungrouped
    const own = name === 'all' ? [] : group.hosts.filter((host) => hosts.has(host))
    for (const host of own) lines.push(`${lead(depth + 1)}${host}`)
  }
  visit('all', 0)
  return `${lines.join('\n')}\n`
}

/**
 * The inventory in the format of `--list` of executables; the variables of all groups are merged into
 * those of the hosts.
 *
 * @param variablesOf returns the merged variables of a host to show.
 */
export const outlineListing = (
  inventory: Inventory,
  hosts: readonly Host[],
  variablesOf: (host: Host) => Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const shown = new Set(hosts.map(({ name }) => name))
  const groups = [...inventory.groups.values()].flatMap((group) => {
    const children = group.children.filter((child) => child !== 'ungrouped' || holds(inventory, child, shown))
    const own = group.name === 'all' ? [] : group.hosts.filter((host) => shown.has(host))
    if (group.name === 'ungrouped' && own.length === 0) return []
    return [
      [
        group.name,
        { ...(own.length > 0 && { hosts: own }), ...(children.length > 0 && { children }) },
      ] as const,
    ]
  })
  return {
    _meta: { hostvars: Object.fromEntries(hosts.map((host) => [host.name, variablesOf(host)])) },
    ...Object.fromEntries(groups),
  }
}
