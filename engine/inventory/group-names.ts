import type { Place } from '../errors.ts'
import { invalid } from './invalid.ts'

/**
 * Sees that a name may be that of a group.
 *
 * @throws `inventory-invalid` at its place.
 */
export const checkGroupName = (name: string, place: Place): void => {
  if (/^[A-Za-z_][\w.-]*$/.test(name)) return
  throw invalid(
    `${name} is no name for a group`,
    place,
    'use letters, digits, _ - and ., and begin with a letter',
  )
}
