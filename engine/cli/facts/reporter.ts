/** The reporter of `run facts`: errors of hosts at once, the values at the end. */
import { formatError } from '../../report/format-error.ts'
import { suspendNothing } from '../../report/reporter.ts'
import type { Reporter, ReportOptions } from '../../report/reporter.ts'
import { oneLine } from '../../report/text.ts'

export interface FactsReportOptions extends Pick<ReportOptions, 'verbosity'> {
  readonly color: boolean
  /** Writes to standard error. */
  readonly err: (text: string) => void
  /** Called at the end with the hosts in their order. */
  readonly finish: (hosts: readonly string[]) => void
}

export const factsReporter = ({ color, verbosity, err, finish }: FactsReportOptions): Reporter => {
  let order: readonly string[] = []
  return {
    handle: {
      'run-start': ({ hosts }) => (order = hosts),
      'play-start': ({ note }) => {
        if (note !== undefined) err(`${oneLine(note)}\n`)
      },
      'tasks-added': () => {},
      'task-start': () => {},
      'task-output': () => {},
      'task-progress': () => {},
      'task-transfer': () => {},
      'task-end': ({ task: { host }, outcome, error }) => {
        if (error === undefined) return
        err(`${oneLine(host)}, ${outcome}: ${formatError(error, { color, verbosity, short: true })}\n`)
      },
      'handlers-due': () => {},
      'host-end': () => {},
      'play-end': () => {},
      'run-end': ({ stopped }) => {
        finish(order)
        if (stopped !== undefined) err(`${formatError(stopped, { color, verbosity })}\n`)
      },
    },
    note: (text) => err(`${text}\n`),
    suspend: suspendNothing,
    close: () => Promise.resolve(),
  }
}
