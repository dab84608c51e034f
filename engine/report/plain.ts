import type { TaskEnd, TaskRef } from '../run/events.ts'
import { formatChange } from './diff.ts'
import { formatError } from './format-error.ts'
import { outcomeStyles, outcomeWidth } from './outcome.ts'
import { duration, indent, painter, printable } from './paint.ts'
import { formatRecap } from './recap.ts'
import type { ReportOptions, Reporter } from './reporter.ts'

/**
 * Lines for logs and pipes: one for each task and host, in the order in which they end. Below it what changed with
 * `--diff`, what failed always, live output with `-v`.
 */
export const plainReporter = ({ write, color, diff, verbosity }: ReportOptions): Reporter => {
  const paint = painter(color)
  let check = false
  let hostWidth = 0
  const say = (line: string): void => write(`${line}\n`)
  const lead = ({ host }: TaskRef): string => paint('bold', host.padEnd(hostWidth))

  const taskEnd = ({ task, outcome, changes, why, error, seconds }: TaskEnd): void => {
    const mark = paint(outcomeStyles[outcome], outcome.padEnd(outcomeWidth))
    const handler = task.handler ? 'handler: ' : ''
    const time = seconds < 0.05 ? '' : paint('dim', `  ${duration(seconds)}`)
    say(
      `  ${lead(task)}  ${mark}  ${handler}${printable(task.title)}${why === undefined ? '' : paint('dim', ` (${printable(why)})`)}${time}`,
    )
    if (diff) for (const change of changes) say(indent(formatChange(change, paint, true), 6))
    if (error !== undefined) say(indent(formatError(error, { color, verbosity }), 6))
  }

  return {
    handle: {
      'run-start': (event) => {
        check = event.check
        hostWidth = Math.max(...event.hosts.map((host) => host.length))
      },
      'play-start': ({ name, note }) =>
        say(`\n${paint('bold', name)}${note === undefined ? '' : paint('dim', ` (${note})`)}`),
      'task-start': () => {},
      'task-output': ({ task, stream, line }) => {
        if (verbosity >= 1 || stream === 'log')
          say(`  ${lead(task)}  ${paint('dim', '|')} ${printable(line)}`)
      },
      'task-progress': ({ task, what, why }) => {
        if (what === 'reconnecting' || verbosity >= 1) {
          say(
            `  ${lead(task)}  ${paint('dim', `${what}${why === undefined ? '' : `: ${printable(why.split('\n')[0] ?? '')}`}`)}`,
          )
        }
      },
      'task-end': taskEnd,
      'play-end': () => {},
      'run-end': (event) => {
        if (event.stopped !== undefined) say(`\n${formatError(event.stopped, { color, verbosity })}`)
        say(`\n${formatRecap(event, check, paint)}`)
      },
    },
    close: async () => {},
  }
}
