import { readFile, stat } from 'node:fs/promises'
import { CoxswainError } from '../errors.ts'
import { InventoryDraft } from './draft.ts'
import { expandRanges } from './ranges.ts'
import type { Inventory } from './types.ts'
import { readYamlInventory } from './yaml-source.ts'

const readSource = async (draft: InventoryDraft, source: string): Promise<void> => {
  if (source.includes(',')) {
    for (const name of source.split(',').filter((part) => part.trim() !== '')) {
      for (const host of expandRanges(name.trim())) draft.host(host, undefined)
    }
    return
  }
  const found = await stat(source).catch(() => undefined)
  if (found === undefined) {
    throw new CoxswainError('load-failed', `there is no inventory ${source}`, {
      hint: 'give the path of a YAML file, or hosts with a comma: -i web1,web2,',
    })
  }
  if (!found.isFile()) {
    throw new CoxswainError('load-failed', `the inventory ${source} is not a file`, {
      hint: 'give a YAML file',
    })
  }
  readYamlInventory(draft, source, await readFile(source, 'utf8'))
}

/**
 * Reads inventories in the order given; what a later one says wins.
 *
 * @param sources YAML files, or host names ended or parted by commas.
 * @throws `load-failed`, `inventory-invalid`.
 */
export const loadInventory = async (sources: readonly string[]): Promise<Inventory> => {
  if (sources.length === 0) {
    throw new CoxswainError('usage', 'no inventory is given', { hint: 'name one with -i inventory.yaml' })
  }
  const draft = new InventoryDraft()
  for (const source of sources) await readSource(draft, source)
  return draft.finish()
}
