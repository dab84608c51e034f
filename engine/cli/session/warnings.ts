import { schemasOf } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { namesDeclared } from '../../dsl/schema.ts'
import type { Inventory } from '../../inventory/types.ts'
import { formatWarning } from '../../report/format-error.ts'
import type { Outlets } from '../outlets.ts'

/** The names of variables that the plays of a playbook read. */
export const variablesRead = (book: Playbook): ReadonlySet<string> =>
  new Set(schemasOf(book).flatMap((schema) => [...namesDeclared(schema)]))

/**
 * Writes the warnings of an inventory to standard error, each once.
 *
 * @param read gives the names of variables that the playbook reads: they are not misspelt.
 */
export const writeWarnings = (
  { warnings }: Pick<Inventory, 'warnings'>,
  { err }: Outlets,
  read: () => ReadonlySet<string> = () => new Set(),
): void => {
  const names = warnings.some(({ variable }) => variable !== undefined) ? read() : new Set()
  const texts = warnings
    .filter(({ variable }) => variable === undefined || !names.has(variable))
    .map((one) => formatWarning(one, { color: process.stderr.isTTY }))
  for (const text of new Set(texts)) err(`${text}\n`)
}
