import { CoxswainError } from '../../errors.ts'
import { chooseOutputs } from '../../report/choose-outputs.ts'
import type { OutputRequest, Screen } from '../../report/choose-outputs.ts'
import { outputs } from '../../report/outputs.ts'
import { together } from '../../report/reporter.ts'
import type { ReportOptions, Reporter } from '../../report/reporter.ts'
import type { RunOptions } from '../options/run.ts'
import type { Outlets } from '../outlets.ts'
import { fileReporter } from './file-reporter.ts'
import { refuseNoPage } from './report-file.ts'

/** What shows a run, and says things beside it. */
export interface Output {
  readonly reporter: Reporter
  /** Tells a person something at once; what programs read stays free of it. */
  readonly notice: (text: string) => void
}

/** Makes what shows a run on standard output. */
export type CreateScreen = (options: ReportOptions) => Reporter

/** What standard output is, now. */
export const screenNow = (): Screen => ({
  isTTY: process.stdout.isTTY,
  ci: process.env['CI'] !== undefined,
})

type AskedOutputs = Pick<RunOptions, 'output' | 'report'> & Partial<Pick<RunOptions, 'log'>>

/** The outputs that `--output`, `--report` and `--log` ask for. */
const requestsOf = ({ output, report, log }: AskedOutputs): readonly OutputRequest[] => {
  if (report !== undefined) refuseNoPage(report)
  if (log === '')
    throw new CoxswainError('usage', '--log: the file has no name', { hint: 'write --log FILE' })
  return [
    ...output,
    ...(report === undefined ? [] : [{ kind: 'html', file: report } as const]),
    ...(log === undefined ? [] : [{ kind: 'plain', file: log, detailed: true } as const]),
  ]
}

/**
 * The reporters that the options ask for, as one.
 *
 * @param resumable whether the run can be resumed; asked when it has ended.
 * @param create makes what goes to standard output where no output is asked for there.
 * @throws `usage` for an output that cannot be written.
 */
export const openReporters = async (
  options: AskedOutputs & Pick<RunOptions, 'diff' | 'verbose'>,
  outlets: Outlets,
  resumable: () => boolean = () => false,
  create?: CreateScreen,
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
    // asked for each picture: a terminal can change its size
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
  const reporter = together([screen, ...files])
  return {
    reporter,
    notice: isForPrograms ? (text) => outlets.err(`${text}\n`) : (text) => reporter.note(text),
  }
}
