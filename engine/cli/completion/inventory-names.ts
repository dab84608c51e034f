import { loadInventory } from '../../inventory/load.ts'
import type { CodeKind } from '../../inventory/load.ts'

/** Names in inventories. */
export interface InventoryNames {
  /** Groups, then hosts. */
  readonly hosts: readonly string[]
  readonly variables: readonly string[]
}

/**
 * The names in these inventories.
 *
 * @param beforeCode called before code of the project is loaded.
 * @throws `inventory-invalid`.
 */
export const inventoryNames = async (
  inventories: readonly string[],
  beforeCode: (kind: CodeKind) => void,
): Promise<InventoryNames> => {
  const { hosts, groups, folders } = await loadInventory(inventories, { beforeCode })
  return {
    hosts: [...groups.keys(), ...hosts.keys()],
    variables: [
      ...[...groups.values(), ...hosts.values()].map(({ variables }) => variables),
      ...folders.flatMap((folder) => [...folder.groups.values(), ...folder.hosts.values()]),
    ].flatMap((variables) => [...variables.keys()]),
  }
}
