import type {
  Outcome,
  ReportedChange,
  TaskEnd,
  TaskOutput,
  TaskProgress,
  TaskTransfer,
} from '../run/events.ts'
import { outcomeStyle, paintWith } from './colors.ts'
import { changeLines } from './diff.ts'
import { formatError } from './format-error.ts'
import { recapLines } from './recap.ts'
import { suspendNothing } from './reporter.ts'
import type { Reporter, ReportOptions } from './reporter.ts'
import { columnsOf, duration, indent, oneLine, pad, plural, printable, titledBy } from './text.ts'
import { transferText } from './transfer-text.ts'

/** Minimum milliseconds between two lines about the same wait. */
const progressInterval = 10_000

const marks: Readonly<Record<TaskOutput['stream'], string>> = { stdout: '|', stderr: '!', log: '>' }

/** The limit for lines of a diff: none with -v. */
const diffLimit = (verbosity: number): number | undefined => (verbosity > 0 ? Infinity : undefined)

/**
 * Plain lines for logs and pipes: one for each task on each host, when it ends.
 *
 * Each line names its host, because hosts run in parallel. The changes or the error of a task are indented below its
 * line and written together with it, so that lines of other hosts do not come between. Only waits are reported before
 * the end of a task and, with -v, the output of its commands: `|` marks standard output, `!` standard error, `>` a
 * message of the task itself.
 */
export const plainReporter = (options: ReportOptions): Reporter => {
  const { write, color, diff, verbosity } = options
  const paint = paintWith(color)
  let check = false
  let plays = 0
  let hostColumns = 0
  // by task and path: time and progress of the last line
  const transfers = new Map<string, { readonly since: number; readonly bytes: number }>()
  const waits = new Map<number, { readonly since: number; readonly why: string | undefined }>()

  const say = (lines: readonly string[]): void => write(`${lines.join('\n')}\n`)
  const prefix = (host: string): string => `  ${pad(oneLine(host), hostColumns)}  `
  const outcomeText = (outcome: Outcome): string =>
    paint[outcomeStyle[outcome]](pad(outcome, check ? 'would change'.length : 'changed'.length))
  const asDiff = (changes: readonly ReportedChange[]): string[] =>
    changes.flatMap((change) => changeLines(change, { color, limit: diffLimit(verbosity) }))

  const ended = ({ task, outcome, changes, why, error, seconds }: TaskEnd): void => {
    waits.delete(task.id)
    const reason = why === undefined ? '' : paint.dim(`  (${oneLine(why)})`)
    const took = paint.dim(duration(seconds))
    const title =
      outcome === 'ok' || outcome === 'skipped'
        ? oneLine(titledBy(task))
        : paint.bold(oneLine(titledBy(task)))
    say([
      `${prefix(task.host)}${outcomeText(outcome)}  ${title}${reason}  ${took}`,
      ...(diff ? indent(asDiff(changes), 6) : []),
      ...(error === undefined
        ? []
        : indent(formatError(error, { color, verbosity, short: error.host === task.host }).split('\n'), 6)),
    ])
  }

  const said = ({ task, stream, line }: TaskOutput): void => {
    if (verbosity === 0 && stream !== 'log') return
    say([`${prefix(task.host)}${paint.dim(marks[stream])} ${printable(line)}`])
  }

  const transferred = (event: TaskTransfer): void => {
    const { task, time, path, bytes } = event
    const key = `${task.id} ${path}`
    const before = transfers.get(key)
    const begins = before === undefined || bytes < before.bytes
    // the start of a new transfer is not reported, only that of a resumed one
    const worthALine = begins ? bytes > 0 : time - before.since >= progressInterval
    if (!begins && !worthALine) return
    transfers.set(key, { since: time, bytes })
    if (!worthALine) return
    const progress = paint.dim(`  (${transferText(event)})`)
    say([
      `${prefix(task.host)}${paint.dim(begins ? 'resumes' : 'transfers')}  ${oneLine(titledBy(task))}${progress}`,
    ])
  }

  const progressed = ({ task, time, what, why }: TaskProgress): void => {
    if (what === 'applying' && verbosity < 2) return
    if (what === 'waiting') {
      const before = waits.get(task.id)
      if (before !== undefined && (before.why === why || time - before.since < progressInterval)) return
      waits.set(task.id, { since: time, why })
    }
    const reason = why === undefined ? '' : paint.dim(`  (${oneLine(why)})`)
    say([`${prefix(task.host)}${paint.dim(what)}  ${oneLine(titledBy(task))}${reason}`])
  }

  return {
    handle: {
      'run-start': (event) => {
        check = event.check
        plays = event.plays.length
        const size = `${plural(event.hosts.length, 'host')}, ${plural(plays, 'play')}`
        say([paint.bold(`${oneLine(event.playbook)}: ${size}${check ? ' (check: nothing is changed)' : ''}`)])
      },
      'play-start': ({ play, name, hosts, note }) => {
        hostColumns = Math.max(0, ...hosts.map((host) => columnsOf(oneLine(host))))
        const size = note === undefined ? plural(hosts.length, 'host') : oneLine(note)
        say(['', paint.bold(`play ${play + 1}/${plays}: ${oneLine(name)} (${size})`)])
      },
      'tasks-added': () => {},
      'task-start': () => {},
      'task-output': said,
      'task-progress': progressed,
      'task-transfer': transferred,
      'task-end': ended,
      'handlers-due': () => {},
      'host-end': () => {},
      'play-end': ({ note }) => {
        if (note !== undefined) say([paint.yellow(`  ${oneLine(note)}`)])
      },
      'run-end': (event) => {
        const { stopped } = event
        say([
          '',
          ...(stopped === undefined ? [] : [formatError(stopped, { color, verbosity }), '']),
          ...recapLines(event, { check, color, width: options.width, resumable: options.resumable }),
        ])
      },
    },
    note: (text) => say([paint.yellow(printable(text))]),
    suspend: suspendNothing,
    close: () => Promise.resolve(),
  }
}
