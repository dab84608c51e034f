/** A part of an inventory, as if it had no other hosts. Pure. */
import { CoxswainError } from '../errors.ts'
import { readPatternFile } from './patterns/file.ts'
import { matchHosts } from './patterns/match.ts'
import type { Inventory } from './types.ts'

/**
 * The same inventory with only the hosts of a pattern. All groups stay, some without hosts, so that names of groups in plays and
 * patterns stay valid.
 *
 * @param pattern of `--within`.
 * @throws `pattern-invalid`; `no-hosts` for a pattern that matches none.
 */
export const inventoryWithin = (inventory: Inventory, pattern: string): Inventory => {
  const kept = new Set(matchHosts(inventory, pattern, { name: '--within', readFile: readPatternFile }))
  if (kept.size === 0)
    throw new CoxswainError('no-hosts', `--within ${pattern}: the inventory has no such host`, {
      hint: '`run inventory --graph` shows the groups and their hosts',
    })
  return {
    ...inventory,
    hosts: new Map([...inventory.hosts].filter(([name]) => kept.has(name))),
    groups: new Map(
      [...inventory.groups].map(([name, group]) => [
        name,
        { ...group, hosts: group.hosts.filter((host) => kept.has(host)) },
      ]),
    ),
  }
}
