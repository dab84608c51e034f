/**
 * The live view of a play: as much as fits the terminal, the most important first.
 *
 * With a few hosts, each is a small tree: its changes, its running tasks and their output. With many, all hosts that
 * are done share a row, all that wait share another, and each running host has one row. Rows that do not fit are
 * counted.
 */
import { paintWith } from './colors.ts'
import { columnsOf, duration, oneLine } from './text.ts'
import { hostRows } from './tree-hosts.ts'
import type { Detail, HostFormat } from './tree-hosts.ts'
import { stateOf } from './tree-model.ts'
import type { HostState, TreeHost, TreePlay } from './tree-model.ts'
import { drawRow, foldedRow, icons, moreRow } from './tree-rows.ts'
import type { Row } from './tree-rows.ts'

export interface LiveFormat {
  /** Unix milliseconds. */
  readonly now: number
  readonly width: number
  readonly height: number
  readonly color: boolean
  /** The current frame of the spinner. */
  readonly spinner: string
  /** The number of plays of the run. */
  readonly plays: number
}

/**
 * Levels of detail, from most to least: the first that fits is used. With `fold`, hosts that are done or wait share a
 * row.
 */
const details: readonly (Detail & { readonly fold: boolean })[] = [
  { tasks: Infinity, output: 3, errors: Infinity, compact: false, fold: false },
  { tasks: 3, output: 1, errors: Infinity, compact: false, fold: false },
  { tasks: 2, output: 1, errors: Infinity, compact: false, fold: true },
  { tasks: 0, output: 1, errors: Infinity, compact: true, fold: true },
  { tasks: 0, output: 1, errors: 4, compact: true, fold: true },
  { tasks: 0, output: 0, errors: 4, compact: true, fold: true },
  { tasks: 0, output: 0, errors: 0, compact: true, fold: true },
]

/** If even the last level does not fit: one row for each host, as many as fit. */
const least: Detail = { tasks: 0, output: 0, errors: 0, compact: true }

type ByState = Readonly<Record<HostState, readonly TreeHost[]>>

const byState = (hosts: readonly TreeHost[]): ByState => {
  const groups: Record<HostState, TreeHost[]> = {
    waiting: [],
    running: [],
    done: [],
    failed: [],
    stopped: [],
  }
  for (const host of hosts) groups[stateOf(host)].push(host)
  return groups
}

const headRow = (play: TreePlay, groups: ByState, { now, plays }: LiveFormat): Row => {
  const { index, name, since, hosts } = play
  const states = (['failed', 'stopped', 'done', 'running', 'waiting'] as const)
    .filter((state) => groups[state].length > 0)
    .map((state) => `${groups[state].length} ${state}`)
  const took = duration(Math.max(0, now - since) / 1000)
  return {
    level: 0,
    icon: icons.open,
    iconStyle: 'yellow',
    text: `${index + 1}/${plays} ${name}`,
    textStyle: 'bold',
    after: `${hosts.length === 0 ? 'choosing hosts' : states.join(', ')}  ${took}`,
  }
}

const foldedRows = ({ done, waiting, stopped }: ByState): Row[] => {
  const changed = done.filter(({ counts }) => counts.changed + counts['would change'] > 0).length
  const what = changed === 0 ? 'done' : `done, ${changed} of them with changes`
  return [
    ...(done.length === 0 ? [] : [foldedRow(done.length, what, icons.done, 'green')]),
    ...(stopped.length === 0 ? [] : [foldedRow(stopped.length, 'stopped', icons.waiting, 'yellow')]),
    ...(waiting.length === 0 ? [] : [foldedRow(waiting.length, 'waiting', icons.waiting, 'dim')]),
  ]
}

const beginOf = ({ running }: TreeHost): number => running[0]?.since ?? Number.MAX_VALUE

/**
 * Chooses as many hosts as fit: those whose task has run the longest, so that a hanging host is visible. Their order
 * stays, so that rows do not jump.
 */
const slowest = (hosts: readonly TreeHost[], room: number): TreeHost[] => {
  const chosen = new Set(hosts.toSorted((a, b) => beginOf(a) - beginOf(b)).slice(0, room))
  return hosts.filter((host) => chosen.has(host))
}

/** A row for each host that fits, and the number of further hosts. */
const some = (
  hosts: readonly TreeHost[],
  room: number,
  what: string,
  rowsOf: (host: TreeHost) => Row[],
): Row[] => {
  if (hosts.length <= room) return hosts.flatMap(rowsOf)
  const shown = slowest(hosts, Math.max(0, room - 1))
  return [...shown.flatMap(rowsOf), moreRow(1, `${hosts.length - shown.length} more ${what}`)]
}

/** One row for each host, as many as fit; failures get up to half of the rows. */
const crowded = ({ failed, running }: ByState, room: number, rowsOf: (host: TreeHost) => Row[]): Row[] => {
  const forFailures = Math.min(failed.length, Math.max(Math.ceil(room / 2), room - running.length))
  return [
    ...some(failed, forFailures, 'failed', rowsOf),
    ...some(running, room - forFailures, 'running', rowsOf),
  ]
}

const rowsThatFit = (play: TreePlay, format: LiveFormat, budget: number): Row[] => {
  const groups = byState(play.hosts)
  const head = headRow(play, groups, format)
  const columns = Math.min(24, Math.max(0, ...play.hosts.map(({ name }) => columnsOf(oneLine(name)))))
  const { now, spinner } = format
  const inDetail = (detail: Detail) => {
    const hostFormat: HostFormat = { detail, now, spinner, columns }
    return (host: TreeHost): Row[] => hostRows(host, hostFormat)
  }
  const folded = foldedRows(groups)
  for (const detail of details) {
    // every host that is not folded needs at least one row: skip levels that cannot fit without drawing them
    const fewest = detail.fold ? groups.failed.length + groups.running.length : play.hosts.length
    if (fewest >= budget) continue
    const rowsOf = inDetail(detail)
    const rows = detail.fold
      ? [...groups.failed.flatMap(rowsOf), ...groups.running.flatMap(rowsOf), ...folded]
      : play.hosts.flatMap(rowsOf)
    if (rows.length < budget) return [head, ...rows]
  }
  const room = Math.max(0, budget - 1 - folded.length)
  return [head, ...crowded(groups, room, inDetail(least)), ...folded].slice(0, budget)
}

/** Formats the view as lines that fit the terminal; one row stays free for the cursor. */
export const livePicture = (play: TreePlay, format: LiveFormat): string[] => {
  const paint = paintWith(format.color)
  const rows = rowsThatFit(play, format, Math.max(1, format.height - 1))
  return rows.map((row) => drawRow(row, format.width, paint))
}
