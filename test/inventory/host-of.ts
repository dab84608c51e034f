import { loadInventory } from '../../engine/inventory/load.ts'
import type { Host } from '../../engine/inventory/types.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { parseExtra } from '../../engine/inventory/variables/typed.ts'
import type { Folder } from '../support/folder.ts'

/** Reads inventories and returns their host `a`. */
export const hostReader =
  ({ write }: Folder) =>
  async (text: string, extra: readonly string[] = []): Promise<Host> => {
    const file = write('inventory.yaml', text)
    const host = resolveHosts(await loadInventory([file]), await parseExtra(extra)).get('a')
    if (host === undefined) throw new Error('there is no host a')
    return host
  }
