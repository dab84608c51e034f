import { exitCodes } from '../../exit-codes.ts'
import { exitCodeOf } from '../../errors.ts'
import { formatError, formatWarning } from '../../report/format-error.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import type { OpenTags } from '../../run/plan/open-tags.ts'
import { reportError } from '../../run/report-error.ts'
import type { Outlets } from '../outlets.ts'

/**
 * Reports tags of the command line that no task has had: errors, or warnings while steps have not made their tasks. Returns the exit
 * status; a failure on hosts is more important.
 */
export const reportTags = (
  tags: OpenTags,
  exit: number,
  { outlets, redactor }: { readonly outlets: Outlets; readonly redactor: Redactor },
): number => {
  const { errors, sure } = tags.unmatched()
  const color = process.stderr.isTTY
  for (const error of errors) {
    const { message, hint } = reportError(error, redactor)
    const warning = (): string => formatWarning({ message, place: undefined, hint }, { color })
    outlets.err(`${sure ? formatError(reportError(error, redactor), { color, verbosity: 0 }) : warning()}\n`)
  }
  const [first] = errors
  const succeeded = exit === exitCodes.ok || exit === exitCodes.differs
  return sure && first !== undefined && succeeded ? exitCodeOf(first) : exit
}
