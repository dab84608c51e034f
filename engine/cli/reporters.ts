import { chooseOutput, createReporter, formOf, isForPrograms } from '../report/create.ts'
import { htmlReporter } from '../report/html/reporter.ts'
import { together } from '../report/reporter.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Options } from './options.ts'
import type { Outlets } from './outlets.ts'
import { reportFile } from './report-file.ts'

/** What tells of a run: the screen, and the report that was asked for. */
export interface Telling {
  readonly reporter: Reporter
  /** Tells a person something at once, past what programs read. */
  readonly notice: (text: string) => void
}

/**
 * The reporters that the options ask for, as one.
 *
 * @param resumable whether the run can be resumed; asked when it has ended.
 * @throws `usage` for a report that cannot be written.
 */
export const openReporters = (
  options: Pick<Options, 'output' | 'diff' | 'verbose' | 'report'>,
  outlets: Outlets,
  resumable: () => boolean = () => false,
): Telling => {
  const { stdout, env } = process
  const { isTTY } = stdout
  const kind = chooseOutput({ isTTY, ci: env['CI'] !== undefined, requested: options.output })
  const report =
    options.report === undefined ? [] : [htmlReporter(outlets.through('html', reportFile(options.report)))]
  const screen = createReporter(kind, {
    write: (text) => outlets.out(text, formOf[kind]),
    color: isTTY && env['NO_COLOR'] === undefined,
    // asked for each picture: a terminal may change its size
    get width() {
      return stdout.columns ?? 80
    },
    get height() {
      return stdout.rows ?? 24
    },
    get resumable() {
      return resumable()
    },
    diff: options.diff,
    verbosity: options.verbose,
  })
  const reporter = together([screen, ...report])
  return {
    reporter,
    notice: isForPrograms(kind) ? (text) => outlets.err(`${text}\n`) : (text) => reporter.note(text),
  }
}
