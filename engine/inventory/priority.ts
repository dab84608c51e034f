/** The priority of groups at the same depth. */
import { CoxswainError } from '../errors.ts'
import { discreet } from './place.ts'
import type { Variable } from './types.ts'

/** Ansible's variable for the priority of groups at the same depth. */
export const priorityName = 'ansible_group_priority'

/**
 * The priority that a variable sets.
 *
 * @throws `inventory-invalid` if it is not an integer.
 */
export const priorityOf = ({ value, place }: Variable): number => {
  const priority = Number(value)
  if (Number.isInteger(priority) && value !== '' && value !== null) return priority
  throw new CoxswainError('inventory-invalid', `${priorityName} must be an integer`, {
    place: discreet(place),
    hint: 'of groups at the same depth, the one with the higher number wins; the default is 1',
  })
}
