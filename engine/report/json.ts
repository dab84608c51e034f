import type { RunEvent } from '../run/events.ts'
import type { ReportOptions, Reporter } from './reporter.ts'

/**
 * One event a line, as JSON. The fields are those of the event types in `run/events.ts`: `type` says which, `time` is
 * Unix time in milliseconds, `seconds` are durations. Secrets are masked.
 */
export const jsonReporter = ({ write }: Pick<ReportOptions, 'write'>): Reporter => {
  const tell = (event: RunEvent): void => write(`${JSON.stringify(event)}\n`)
  return {
    handle: {
      'run-start': tell,
      'play-start': tell,
      'task-start': tell,
      'task-output': tell,
      'task-progress': tell,
      'task-end': tell,
      'play-end': tell,
      'run-end': tell,
    },
    close: async () => {},
  }
}
