import type { Inventory } from '../../inventory/types.ts'
import { formatWarning } from '../../report/format-error.ts'
import type { Outlets } from '../outlets.ts'

/** Writes the warnings of an inventory to standard error, each once. */
export const writeWarnings = ({ warnings }: Pick<Inventory, 'warnings'>, { err }: Outlets): void => {
  const texts = warnings.map((one) => formatWarning(one, { color: process.stderr.isTTY }))
  for (const text of new Set(texts)) err(`${text}\n`)
}
