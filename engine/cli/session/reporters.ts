import { CoxswainError } from '../../errors.ts'
import { chooseOutputs } from '../../report/choose-outputs.ts'
import type { OutputRequest, Screen } from '../../report/choose-outputs.ts'
import { outputs } from '../../report/outputs.ts'
import { dispatch, handleAll, together } from '../../report/reporter.ts'
import type { ReportOptions, Reporter } from '../../report/reporter.ts'
import type { RunOptions } from '../options/run.ts'
import { formatError } from '../../report/format-error.ts'
import type { ReportedError } from '../../run/events.ts'
import { Redactor } from '../../run/masking/redactor.ts'
import { reportError } from '../../run/report-error.ts'
import type { Outlets } from '../outlets.ts'
import type { PlacedHook } from '../project/hooks.ts'
import { fileReporter } from './file-reporter.ts'
import { refuseOtherExtension } from './report-file.ts'

/** The reporter of a run, and a way to print notices. */
export interface Output {
  readonly reporter: Reporter
  /** Prints a text for the user immediately, not into output for programs. */
  readonly notice: (text: string) => void
}

/** Creates the reporter for standard output. */
export type CreateScreen = (options: ReportOptions) => Reporter

/** Whether standard output is a terminal, and whether this is CI. */
export const screenNow = (): Screen => ({
  isTTY: process.stdout.isTTY,
  ci: process.env['CI'] !== undefined,
})

type AskedOutputs = Pick<RunOptions, 'output' | 'report'> & Partial<Pick<RunOptions, 'log'>>

/**
 * The outputs of `--output`, `--report` and `--log`.
 *
 * @throws `usage` for a file name that is missing or of another kind.
 */
export const requestsOf = ({ output, report, log }: AskedOutputs): readonly OutputRequest[] => {
  if (report !== undefined) refuseOtherExtension(report)
  if (log === '')
    throw new CoxswainError('usage', '--log: the file name is missing', { hint: 'write --log FILE' })
  return [
    ...output,
    ...(report === undefined ? [] : [{ kind: 'html', file: report } as const]),
    ...(log === undefined ? [] : [{ kind: 'plain', file: log, detailed: true } as const]),
  ]
}

/** A reporter that calls hooks; what they throw goes to standard error. */
const hooksOf = async (
  hooks: ReadonlyMap<string, PlacedHook>,
  { through, err }: Outlets,
): Promise<Reporter> => {
  const { hookReporter } = await import('../project/hooks.ts')
  return hookReporter(hooks, {
    through,
    report: (error) =>
      err(
        `${formatError(reportError(error, new Redactor()), { color: process.stderr.isTTY, verbosity: 0 })}\n`,
      ),
  })
}

const withNamedHint = (error: ReportedError, named: Outlets['named']): ReportedError => ({
  ...error,
  hint: named(error.hint),
})

/** A reporter that gets the hints of errors with {@link Outlets.named} commands. */
const withNamedHints = (reporter: Reporter, named: Outlets['named']): Reporter => {
  const handle = handleAll((event) => dispatch(reporter, event))
  return {
    ...reporter,
    handle: {
      ...handle,
      'task-end': (event) =>
        handle['task-end']({ ...event, error: event.error && withNamedHint(event.error, named) }),
      'run-end': (event) =>
        handle['run-end']({ ...event, stopped: event.stopped && withNamedHint(event.stopped, named) }),
    },
  }
}

/** Reporters with hooks. Hooks close after the reporters, so that their messages are not mixed with the display. */
const withHooks = (shown: Reporter, hooks: Reporter): Reporter => ({
  ...together([shown, hooks]),
  close: async () => {
    try {
      await shown.close()
    } finally {
      await hooks.close()
    }
  },
})

/**
 * Opens the reporters that the options choose, combined into one.
 *
 * @param resumable whether the run can be resumed; called when it has ended.
 * @param create creates the reporter for standard output if the options do not choose one.
 * @param hooks functions of the project's settings, by type of event.
 * @throws `usage` for an output that cannot be written.
 */
export const openReporters = async (
  options: AskedOutputs & Pick<RunOptions, 'diff' | 'verbose'>,
  outlets: Outlets,
  resumable: () => boolean = () => false,
  create?: CreateScreen,
  hooks: ReadonlyMap<string, PlacedHook> = new Map(),
): Promise<Output> => {
  const { stdout, env } = process
  const requests = requestsOf(options)
  const chosen = chooseOutputs(requests, screenNow())
  const isAsked = requests.some(({ file }) => file === undefined)
  const { form, isForPrograms, load } = outputs[isAsked || create === undefined ? chosen.screen : 'plain']
  const shown = { diff: options.diff, verbosity: options.verbose }
  const createScreen = isAsked || create === undefined ? await load() : create
  const files: Reporter[] = []
  for (const file of chosen.files) files.push(await fileReporter(file, outlets, { ...shown, resumable }))
  const screen = createScreen({
    write: (text) => outlets.out(text, form),
    color: stdout.isTTY && env['NO_COLOR'] === undefined,
    // read for each frame: a terminal can change its size
    get width() {
      return stdout.columns ?? 80
    },
    get height() {
      return stdout.rows ?? 24
    },
    get resumable() {
      return resumable()
    },
    ...shown,
  })
  const shownTo = withNamedHints(together([screen, ...files]), outlets.named)
  const reporter = hooks.size === 0 ? shownTo : withHooks(shownTo, await hooksOf(hooks, outlets))
  return {
    reporter,
    notice: isForPrograms ? (text) => outlets.err(`${text}\n`) : (text) => reporter.note(outlets.named(text)),
  }
}
