import { inspect } from 'node:util'
import { authorsPlace } from '../../authors-place.ts'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'

/** The message of any thrown value. */
export const messageOf = (cause: unknown): string => {
  if (cause instanceof Error) return cause.message
  return typeof cause === 'string' ? cause : `threw ${inspect(cause)}`
}

/**
 * The error of a hook that failed.
 *
 * @param fallback the place of the hook, for what has no stack trace.
 */
export const hookError = (type: string, cause: unknown, fallback?: Place): CoxswainError => {
  const place = authorsPlace(cause) ?? fallback
  const where = place === undefined ? 'in the settings of the project' : 'at the place shown'
  return new CoxswainError('author-error', `the hook ${type} failed: ${messageOf(cause)}`, {
    cause,
    place,
    hint: `the run is not affected; fix the hook ${where}`,
  })
}
