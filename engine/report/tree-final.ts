/** The final view of a play that has ended: every change and every failure; hosts without either share a row. */
import { paintWith } from './colors.ts'
import type { Paint } from './colors.ts'
import { changeLines } from './diff.ts'
import { formatError } from './format-error.ts'
import { countsInWords } from './recap.ts'
import type { ReportOptions } from './reporter.ts'
import { columnsOf, duration, indent, oneLine, pad, plural, printable } from './text.ts'
import { stateOf } from './tree-model.ts'
import type { ShownTask, TreeHost, TreePlay } from './tree-model.ts'
import { drawRow, foldedRow, hostTime, icons, endedRow } from './tree-rows.ts'
import type { Row } from './tree-rows.ts'

export type FinalFormat = Pick<ReportOptions, 'width' | 'height' | 'color' | 'diff' | 'verbosity'> & {
  /** Unix milliseconds of the play's end. */
  readonly now: number
  readonly plays: number
}

/** Up to this many hosts without changes are listed one by one. */
const few = 6

/** Whether a host has completed all its tasks. */
const isComplete = (host: TreeHost): boolean => stateOf(host) === 'done'

const isQuiet = (host: TreeHost): boolean => isComplete(host) && host.shown.length === 0

/** The key under which hosts with the same outcomes share rows; undefined for a host with details of its own. */
const groupKey = (host: TreeHost, diff: boolean): string | undefined => {
  const own = host.shown.some(
    ({ error, kept, changes }) => error !== undefined || kept.length > 0 || (diff && changes.length > 0),
  )
  if (own || !isComplete(host)) return undefined
  return JSON.stringify(host.shown.map(({ outcome, title, why }) => [outcome, title, why]))
}

const drafter = (play: TreePlay, format: FinalFormat, paint: Paint) => {
  const { width, color, diff, verbosity } = format
  const columns = Math.min(24, Math.max(0, ...play.hosts.map(({ name }) => columnsOf(oneLine(name)))))
  const draw = (row: Row): string => drawRow(row, width, paint)

  const taskLines = (task: ShownTask, host: string): string[] => {
    const { changes, error, kept } = task
    const limit = verbosity > 0 ? Infinity : undefined
    const below = [
      ...(diff ? changes.flatMap((change) => changeLines(change, { color, limit })) : []),
      ...kept.map((line) => `${paint.dim(icons.output)} ${printable(line)}`),
      ...(error === undefined
        ? []
        : formatError(error, { color, verbosity, width, short: error.host === host }).split('\n')),
    ]
    return [draw(endedRow(task)), ...indent(below, 6)]
  }

  const hostRow = (host: TreeHost): Row => {
    const { name, counts, ended, total, since } = host
    const label = pad(oneLine(name), columns)
    const after = hostTime(host, undefined)
    if (stateOf(host) === 'failed') {
      const text = `${label}  ${countsInWords(counts, paintWith(false))}`
      return { level: 1, icon: icons.failed, iconStyle: 'red', text, after }
    }
    if (isComplete(host)) {
      const text = `${label}  ${countsInWords(counts, paintWith(false))}`
      return { level: 1, icon: icons.done, iconStyle: 'green', text, after }
    }
    const text =
      since === undefined ? `${label}  not started` : `${label}  stopped after ${ended} of ${total}`
    return { level: 1, icon: icons.waiting, iconStyle: 'yellow', text, after }
  }

  const one = (host: TreeHost): string[] => [
    draw(hostRow(host)),
    ...host.shown.flatMap((task) => taskLines(task, host.name)),
  ]

  const several = (hosts: readonly TreeHost[]): string[] => {
    const [first] = hosts
    if (first === undefined) return []
    if (hosts.length === 1) return one(first)
    const names = hosts.map(({ name }) => oneLine(name)).join(', ')
    const longest = (index: number): number =>
      Math.max(...hosts.map(({ shown }) => shown[index]?.seconds ?? 0))
    const what =
      first.shown.length === 0
        ? 'with nothing to do'
        : `with ${countsInWords(first.counts, paintWith(false))}`
    return [
      draw(foldedRow(hosts.length, what, icons.done, 'green', names)),
      ...first.shown.map((task, index) => draw(endedRow({ ...task, seconds: longest(index) }))),
    ]
  }
  return { one, several }
}

const headLine = (play: TreePlay, { now, plays, width }: FinalFormat, paint: Paint): string => {
  const { index, name, note, since, hosts } = play
  const complete = hosts.every(isComplete)
  const size = note === undefined ? plural(hosts.length, 'host') : note
  return drawRow(
    {
      level: 0,
      icon: complete ? icons.done : icons.failed,
      iconStyle: complete ? 'green' : 'red',
      text: `${index + 1}/${plays} ${name}  (${size})`,
      textStyle: 'bold',
      after: duration(Math.max(0, now - since) / 1000),
    },
    width,
    paint,
  )
}

/** Groups hosts with the same outcomes; the groups are in the order of their first host. */
const grouped = (hosts: readonly TreeHost[], diff: boolean): TreeHost[][] => {
  const groups = new Map<string, TreeHost[]>()
  for (const host of hosts) {
    const key = groupKey(host, diff) ?? `alone: ${host.name}`
    groups.set(key, [...(groups.get(key) ?? []), host])
  }
  return [...groups.values()]
}

/**
 * Formats the view as lines.
 *
 * Each host has a row, and below it what it changed. Failures are complete, and at the end, where the user looks. If
 * that does not fit the terminal, hosts with the same outcomes share their rows.
 */
export const finalPicture = (play: TreePlay, format: FinalFormat): string[] => {
  const paint = paintWith(format.color)
  const draft = drafter(play, format, paint)
  const head = headLine(play, format, paint)
  const failed = play.hosts.filter((host) => stateOf(host) === 'failed')
  const others = play.hosts.filter((host) => stateOf(host) !== 'failed')
  const failures = failed.flatMap((host) => draft.one(host))
  const quiet = others.filter(isQuiet)
  if (quiet.length <= few) {
    const each = [head, ...others.flatMap((host) => draft.one(host)), ...failures]
    if (each.length < format.height || play.hosts.length === 1) return each
  }
  return [head, ...grouped(others, format.diff).flatMap((hosts) => draft.several(hosts)), ...failures]
}
