/** The output of `run exec`: what a command printed, grouped by host. */
import type { TaskEnd, TaskOutput } from '../run/events.ts'
import { paintWith } from './colors.ts'
import { formatError } from './format-error.ts'
import { KeptOutput } from './kept-output.ts'
import { suspendNothing } from './reporter.ts'
import type { Reporter, ReportOptions } from './reporter.ts'
import { indent, oneLine, plural, printable } from './text.ts'

/** Limit for a host's output, for its beginning and again for its end. */
const limit = { lines: 10_000, size: 1024 * 1024 }

/** The output of one host, and how its command ended. */
interface HostOutput {
  readonly host: string
  /** Empty if the exit status is 0. */
  readonly ending: string
  readonly lines: readonly string[]
}

interface Printing {
  readonly head: string[]
  readonly kept: KeptOutput
}

export interface ExecReportOptions extends ReportOptions {
  /** The exit status of the command on a host, once it has ended. */
  readonly statusOf: (host: string) => number | undefined
}

/** Groups hosts with the same ending and the same output, in the order of the run. */
const grouped = (outputs: readonly HostOutput[]): (readonly [HostOutput, readonly string[]])[] => {
  const groups = new Map<string, readonly [HostOutput, string[]]>()
  for (const output of outputs) {
    const key = JSON.stringify([output.ending, output.lines])
    const group = groups.get(key) ?? ([output, []] as const)
    group[1].push(output.host)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/**
 * Prints the output of all hosts at the end, identical outputs once. With -v, prints each line at once, prefixed with
 * its host.
 */
export const execReporter = (options: ExecReportOptions): Reporter => {
  const { write, color, verbosity, statusOf } = options
  const paint = paintWith(color)
  const live = verbosity > 0
  const printing = new Map<string, Printing>()
  const done: HostOutput[] = []
  let order: readonly string[] = []
  const say = (lines: readonly string[]): void => {
    if (lines.length > 0) write(`${lines.join('\n')}\n`)
  }

  const printed = (event: TaskOutput): void => {
    const { host } = event.task
    if (live) {
      say([`${paint.bold(oneLine(host))} | ${printable(event.line)}`])
      return
    }
    const of = printing.get(host) ?? { head: [], kept: new KeptOutput(limit) }
    printing.set(host, of)
    const first = of.kept.push(event)
    if (first !== undefined) of.head.push(printable(first.line))
  }

  const ended = ({ task: { host }, error, outcome }: TaskEnd): void => {
    const of = printing.get(host)
    printing.delete(host)
    const lines = of === undefined ? [] : [...of.head, ...of.kept.end().map(({ line }) => printable(line))]
    const status = statusOf(host)
    if (status === 0 && error === undefined) {
      done.push({ host, ending: '', lines })
      return
    }
    if (status !== undefined && error?.code === 'command-failed') {
      done.push({ host, ending: `exit status ${status}`, lines })
      return
    }
    const errorLines =
      error === undefined ? [] : formatError(error, { color, verbosity, short: true }).split('\n')
    done.push({ host, ending: outcome, lines: [...lines, ...errorLines] })
  }

  const groupLines = ([{ ending, lines }, hosts]: readonly [HostOutput, readonly string[]]): string[] => {
    const names = hosts.map(oneLine).join(', ')
    const count = hosts.length === 1 ? '' : ` (${plural(hosts.length, 'host')})`
    const how = ending === '' ? '' : `, ${paint.red(ending)}`
    if (live && ending === '') return []
    const shown = lines.length === 0 && !live ? ['(no output)'] : lines
    return [`${paint.bold(names)}${count}${how}${shown.length === 0 ? '' : ':'}`, ...indent(shown, 2)]
  }

  return {
    handle: {
      'run-start': ({ hosts }) => (order = hosts),
      'play-start': ({ note }) => {
        if (note !== undefined) say([oneLine(note)])
      },
      'tasks-added': () => {},
      'task-start': () => {},
      'task-output': printed,
      'task-progress': () => {},
      'task-transfer': () => {},
      'task-end': ended,
      'handlers-due': () => {},
      'host-end': () => {},
      'play-end': () => {},
      'run-end': ({ stopped }) => {
        // commands that have not ended: the run was interrupted
        for (const [host, { head, kept }] of printing)
          done.push({
            host,
            ending: 'not ended',
            lines: [...head, ...kept.end().map(({ line }) => printable(line))],
          })
        printing.clear()
        done.sort((a, b) => order.indexOf(a.host) - order.indexOf(b.host))
        for (const group of grouped(done)) say(groupLines(group))
        if (stopped !== undefined) say(formatError(stopped, { color, verbosity }).split('\n'))
      },
    },
    note: (text) => say([paint.yellow(printable(text))]),
    suspend: suspendNothing,
    close: () => Promise.resolve(),
  }
}
