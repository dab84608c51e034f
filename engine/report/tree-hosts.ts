/** The rows of a host in the live view of a play, in as much detail as fits. */
import { paintWith } from './colors.ts'
import { countsInWords } from './recap.ts'
import { oneLine, pad } from './text.ts'
import { stateOf } from './tree-model.ts'
import type { HostState, RunningTask, ShownTask, TreeHost } from './tree-model.ts'
import {
  elapsed,
  errorRows,
  hostTime,
  icons,
  moreRow,
  outputRow,
  runningRow,
  runningText,
  endedRow,
} from './tree-rows.ts'
import type { Row } from './tree-rows.ts'

/** How much is shown of each host. */
export interface Detail {
  /** Rows of ended tasks. */
  readonly tasks: number
  /** Lines of live output. */
  readonly output: number
  /** Lines of an error; with 0, its message is in the host's row. */
  readonly errors: number
  /** Whether the running tasks are in their host's row. */
  readonly compact: boolean
}

export interface HostFormat {
  readonly detail: Detail
  /** Unix milliseconds. */
  readonly now: number
  readonly spinner: string
  /** Width of the column of names. */
  readonly columns: number
}

const unpainted = paintWith(false)

/** `5/12`, of the same width for every host of the play. */
const progress = ({ ended, total }: TreeHost): string =>
  pad(`${ended}/${total}`, String(total).length * 2 + 1, 'start')

const lastOf = (lines: readonly string[], count: number): readonly string[] =>
  count === 0 ? [] : lines.slice(-count)

/** Rows for the last tasks that ended, and how many there were before them. */
const shownRows = ({ shown: tasks }: TreeHost, limit: number): Row[] => {
  if (limit === 0) return []
  const hidden = Math.max(0, tasks.length - limit)
  const rows = tasks.slice(hidden).map((task) => endedRow(task))
  return hidden > 0 ? [moreRow(2, `${hidden} before`), ...rows] : rows
}

/** Rows for each running task, with its last lines of output. */
const atWork = (running: readonly RunningTask[], { detail, now, spinner }: HostFormat): Row[] =>
  running.flatMap((task) => [
    runningRow(task, now, spinner),
    ...lastOf(task.output, detail.output).map((line) => outputRow(line, 3)),
  ])

const runningRows = (host: TreeHost, format: HostFormat): Row[] => {
  const { name, running } = host
  const { detail, now, spinner, columns } = format
  const { tasks, output, compact } = detail
  const head = { level: 1, icon: spinner, iconStyle: 'yellow' } as const
  const text = `${pad(oneLine(name), columns)}  ${progress(host)}`
  if (!compact) {
    return [
      { ...head, text, after: hostTime(host, now) },
      ...shownRows(host, tasks),
      ...atWork(running, format),
    ]
  }
  const [oldest] = running
  // the row may have room for the first task only
  const several = running.length > 1 ? `${running.length} tasks: ` : ''
  if (oldest === undefined) return [{ ...head, text }]
  const lines = lastOf(
    running.flatMap((task) => task.output),
    output,
  )
  return [
    {
      ...head,
      text: `${text}  ${several}${running.map(runningText).join(' + ')}`,
      after: elapsed(oldest.since, now),
    },
    ...lines.map((line) => outputRow(line, 2)),
  ]
}

/** The task that made the host fail; not an ignored or rescued failure. */
const causeOfFailure = ({ shown }: TreeHost): ShownTask | undefined =>
  shown.findLast(({ outcome }) => outcome === 'failed' || outcome === 'unreachable')

const failedRows = (host: TreeHost, format: HostFormat): Row[] => {
  const { name, shown, counts, running } = host
  const { detail, columns } = format
  const last = causeOfFailure(host)
  const why = detail.errors > 0 || last?.error === undefined ? '' : `: ${last.error.message}`
  const outcome = counts.unreachable > 0 ? 'unreachable' : 'failed'
  const text = `${pad(oneLine(name), columns)}  ${progress(host)}  ${outcome}  ${last?.title ?? ''}${why}`
  const before = shown.filter((task) => task !== last)
  return [
    { level: 1, icon: icons.failed, iconStyle: 'red', text, after: hostTime(host, undefined) },
    ...shownRows({ ...host, shown: before }, detail.tasks),
    ...(last?.error === undefined ? [] : errorRows(last.error, name, 2, detail.errors)),
    ...(detail.compact ? [] : atWork(running, format)),
  ]
}

const doneRows = (host: TreeHost, { detail, columns }: HostFormat): Row[] => {
  const text = `${pad(oneLine(host.name), columns)}  ${countsInWords(host.counts, unpainted)}`
  const after = hostTime(host, undefined)
  return [{ level: 1, icon: icons.done, iconStyle: 'green', text, after }, ...shownRows(host, detail.tasks)]
}

const waitingRows = ({ name }: TreeHost): Row[] => [
  { level: 1, icon: icons.waiting, iconStyle: 'dim', text: name, textStyle: 'dim' },
]

const stoppedRows = (host: TreeHost, { detail, columns }: HostFormat): Row[] => {
  const text = `${pad(oneLine(host.name), columns)}  stopped after ${host.ended} of ${host.total}`
  const after = hostTime(host, undefined)
  return [
    { level: 1, icon: icons.waiting, iconStyle: 'yellow', text, after },
    ...shownRows(host, detail.tasks),
  ]
}

const rowsByState: Readonly<Record<HostState, (host: TreeHost, format: HostFormat) => Row[]>> = {
  running: runningRows,
  failed: failedRows,
  done: doneRows,
  waiting: waitingRows,
  stopped: stoppedRows,
}

/** The rows of a host. */
export const hostRows = (host: TreeHost, format: HostFormat): Row[] =>
  rowsByState[stateOf(host)](host, format)
