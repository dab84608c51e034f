/** Calls code of a playbook's author. */
import { inspect } from 'node:util'
import { authorsPlace } from '../../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'

/**
 * Calls code of a playbook's author. Its errors get their place in the author's file.
 *
 * @param about what the code is of, such as `play "web"`.
 * @throws `playbook-invalid` for an error of the author, or the error itself if it has a code.
 */
export const authored = <Value>(about: string, work: () => Value): Value => {
  try {
    return work()
  } catch (error) {
    const place = authorsPlace(error)
    if (isCoxswainError(error)) {
      const said = error.code !== 'playbook-invalid' || error.message.startsWith(about)
      throw error.at({ place, about: said ? undefined : about })
    }
    const message = error instanceof Error ? error.message : `threw ${inspect(error)}`
    throw new CoxswainError('playbook-invalid', `${about}: ${message}`, {
      cause: error,
      place,
      hint: 'fix the code at the line shown',
    })
  }
}
