import { groupsOfHosts, hostsOfGroup } from '../graph.ts'
import { layersOf } from './layers.ts'
import { connectionLayers } from './ordinary-words.ts'
import { settingsOf } from './settings.ts'
import type { Host, Inventory, Variables } from '../types.ts'

const merged = (layers: readonly Variables[]): Variables => new Map(layers.flatMap((layer) => [...layer]))

/**
 * Resolves every host, in the order of `all`, with its groups and variables, merged in the order of {@link layersOf}. A value replaces
 * the earlier one; maps are not merged. The defaults of the playbook's schema have the lowest precedence.
 */
export const resolveHosts = (inventory: Inventory, extra: Variables = new Map()): Map<string, Host> => {
  const groups = groupsOfHosts(inventory)
  const hosts = new Map<string, Host>()
  for (const name of hostsOfGroup(inventory, 'all')) {
    const its = groups.get(name) ?? []
    const layers = layersOf(inventory, name, its, extra)
    hosts.set(name, {
      name,
      groups: its,
      variables: merged(layers.map(({ variables }) => variables)),
      settings: settingsOf(connectionLayers(layers)),
    })
  }
  return hosts
}
