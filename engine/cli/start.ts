import { authorsPlace } from '../authors-place.ts'
import { exitCodes } from '../exit-codes.ts'
import { CoxswainError } from '../errors.ts'
import { formatError } from '../report/format-error.ts'
import { Redactor } from '../run/masking/redactor.ts'
import { reportError } from '../run/report-error.ts'
import type { Library } from './define-command.ts'
import { main } from './main.ts'
import { outletsOf } from './outlets.ts'

/** Prints the error of a process that ends without a result, and makes its exit status a failure. */
const reportEnd = (): void => {
  // `process.exit` calls the listeners of `exit` itself, so its caller is on the stack
  const place = authorsPlace(new Error('for its stack'))
  const succeeds = Number(process.exitCode ?? exitCodes.ok) === exitCodes.ok
  // the engine itself exits only with a failure that it has reported
  if (place === undefined && !succeeds) return
  if (succeeds) process.exitCode = exitCodes.failed
  const error =
    place === undefined
      ? new CoxswainError('author-error', 'the process ended before the work was done', {
          hint: 'check the code of the project for promises that never settle, and for process.exit',
        })
      : new CoxswainError('author-error', 'process.exit was called before the work was done', {
          place,
          hint: 'throw an error instead, or return',
        })
  const redactor = new Redactor()
  const shown = formatError(reportError(error, redactor), { color: process.stderr.isTTY, verbosity: 0 })
  outletsOf(redactor).err(`${shown}\n`)
}

/**
 * Sends what code of a project prints, with `console` or with `process.stdout.write`, to standard error: standard output is for
 * the command's own output, which {@link outletsOf} writes.
 */
const redirectPrints = (): void => {
  const { stdout, stderr } = process
  stdout.write = stderr.write.bind(stderr)
  // what waits for the one waits for the other
  stderr.on('drain', () => stdout.emit('drain'))
}

/**
 * Runs the command line as this process, and ends the process when the result is known and all output is written: what code
 * of a project leaves open, such as a timer, does not keep it. A process that ends earlier, as nothing is left to do or as
 * code of a project calls `process.exit`, fails with an error.
 *
 * @param argv arguments without node and script.
 * @param library the tasks that are found by their names.
 */
export const start = async (argv: readonly string[], library: Library): Promise<void> => {
  process.on('exit', reportEnd)
  redirectPrints()
  const status = await main(argv, library)
  await outletsOf(new Redactor()).flushed()
  process.off('exit', reportEnd)
  process.exit(status)
}
