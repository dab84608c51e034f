import type { Inventory, Variable, Variables } from '../types.ts'

/** The first setting of each variable, by name. Groups come first, then hosts, `group_vars` and `host_vars`. */
export const firstSet = ({
  hosts,
  groups,
  folders,
}: Pick<Inventory, 'hosts' | 'groups' | 'folders'>): ReadonlyMap<string, Variable> => {
  const layers: readonly Variables[] = [
    ...[...groups.values(), ...hosts.values()].map(({ variables }) => variables),
    ...folders.flatMap((folder) => [...folder.groups.values(), ...folder.hosts.values()]),
  ]
  return new Map(layers.toReversed().flatMap((variables) => [...variables]))
}
