import type { Place } from '../errors.ts'
import type { InventoryDraft } from './draft.ts'
import { invalid } from './invalid.ts'

/**
 * Checks the name of a group. Ansible accepts any name; one that is difficult to use in patterns or templates is a warning.
 *
 * @throws `inventory-invalid` for an empty name.
 */
export const checkGroupName = (draft: InventoryDraft, name: string, place: Place): void => {
  if (name === '') throw invalid('a group needs a name', place)
  if (/^[A-Za-z_][\w.-]*$/.test(name) || draft.has(name)) return
  draft.warn(
    `${name} is an unusual name for a group`,
    place,
    'use letters, digits, _ - and ., and start with a letter',
  )
}
