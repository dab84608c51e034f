/** The picture that stays of a play that has ended: every change and every failure, the quiet hosts in one row. */
import { paintWith } from './colors.ts'
import type { Paint } from './colors.ts'
import { changeLines } from './diff.ts'
import { formatError } from './format-error.ts'
import { countsInWords } from './recap.ts'
import type { ReportOptions } from './reporter.ts'
import { columnsOf, duration, indent, oneLine, pad, plural, printable } from './text.ts'
import { stateOf } from './tree-model.ts'
import type { ToldTask, TreeHost, TreePlay } from './tree-model.ts'
import { drawRow, foldedRow, hostTime, icons, toldRow } from './tree-rows.ts'
import type { Row } from './tree-rows.ts'

export type FinalFormat = Pick<ReportOptions, 'width' | 'height' | 'color' | 'diff' | 'verbosity'> & {
  /** Unix milliseconds of the play's end. */
  readonly now: number
  readonly plays: number
}

/** Up to so many hosts are listed one by one, even if there is nothing to tell of them. */
const few = 6

/** Whether a host went through all its tasks, or was stopped, or never begun. */
const isWhole = (host: TreeHost): boolean => stateOf(host) === 'done'

const isQuiet = (host: TreeHost): boolean => isWhole(host) && host.told.length === 0

/** Hosts that did the same, with nothing of their own to show. */
const sameness = (host: TreeHost, diff: boolean): string | undefined => {
  const own = host.told.some(
    ({ error, kept, changes }) => error !== undefined || kept.length > 0 || (diff && changes.length > 0),
  )
  if (own || !isWhole(host)) return undefined
  return JSON.stringify(host.told.map(({ outcome, title, why }) => [outcome, title, why]))
}

const drafter = (play: TreePlay, format: FinalFormat, paint: Paint) => {
  const { width, color, diff, verbosity } = format
  const columns = Math.min(24, Math.max(0, ...play.hosts.map(({ name }) => columnsOf(oneLine(name)))))
  const draw = (row: Row): string => drawRow(row, width, paint)

  const taskLines = (task: ToldTask, host: string): string[] => {
    const { changes, error, kept } = task
    const limit = verbosity > 0 ? Infinity : undefined
    const below = [
      ...(diff ? changes.flatMap((change) => changeLines(change, { color, limit })) : []),
      ...kept.map((line) => `${paint.dim(icons.output)} ${printable(line)}`),
      ...(error === undefined
        ? []
        : formatError(error, { color, verbosity, width, short: error.host === host }).split('\n')),
    ]
    return [draw(toldRow(task)), ...indent(below, 6)]
  }

  const hostRow = (host: TreeHost): Row => {
    const { name, counts, ended, total, since } = host
    const label = pad(oneLine(name), columns)
    const after = hostTime(host, undefined)
    if (stateOf(host) === 'failed') {
      const text = `${label}  ${countsInWords(counts, paintWith(false))}`
      return { level: 1, icon: icons.failed, iconStyle: 'red', text, after }
    }
    if (isWhole(host)) {
      const text = `${label}  ${countsInWords(counts, paintWith(false))}`
      return { level: 1, icon: icons.done, iconStyle: 'green', text, after }
    }
    const text = since === undefined ? `${label}  not begun` : `${label}  stopped after ${ended} of ${total}`
    return { level: 1, icon: icons.waiting, iconStyle: 'yellow', text, after }
  }

  const one = (host: TreeHost): string[] => [
    draw(hostRow(host)),
    ...host.told.flatMap((task) => taskLines(task, host.name)),
  ]

  const several = (hosts: readonly TreeHost[]): string[] => {
    const [first] = hosts
    if (first === undefined) return []
    if (hosts.length === 1) return one(first)
    const names = hosts.map(({ name }) => oneLine(name)).join(', ')
    const longest = (index: number): number => Math.max(...hosts.map(({ told }) => told[index]?.seconds ?? 0))
    const what =
      first.told.length === 0 ? 'with nothing to do' : `with ${countsInWords(first.counts, paintWith(false))}`
    return [
      draw(foldedRow(hosts.length, what, icons.done, 'green', names)),
      ...first.told.map((task, index) => draw(toldRow({ ...task, seconds: longest(index) }))),
    ]
  }
  return { one, several }
}

const headLine = (play: TreePlay, { now, plays, width }: FinalFormat, paint: Paint): string => {
  const { index, name, note, since, hosts } = play
  const whole = hosts.every(isWhole)
  const size = note === undefined ? plural(hosts.length, 'host') : note
  return drawRow(
    {
      level: 0,
      icon: whole ? icons.done : icons.failed,
      iconStyle: whole ? 'green' : 'red',
      text: `${index + 1}/${plays} ${name}  (${size})`,
      textStyle: 'bold',
      after: duration(Math.max(0, now - since) / 1000),
    },
    width,
    paint,
  )
}

/** Hosts that did the same side by side; the groups stand in the order of their first host. */
const grouped = (hosts: readonly TreeHost[], diff: boolean): TreeHost[][] => {
  const groups = new Map<string, TreeHost[]>()
  for (const host of hosts) {
    const key = sameness(host, diff) ?? `alone: ${host.name}`
    groups.set(key, [...(groups.get(key) ?? []), host])
  }
  return [...groups.values()]
}

/**
 * The picture, in lines.
 *
 * Each host has its row, and under it what it changed; failures stand whole, and last, where the eye is. If that is
 * more than the terminal shows, hosts that did the same share their rows.
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
