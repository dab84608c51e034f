/** The rows of the tree, and how they are drawn. */
import { figures } from 'listr2'
import type { Outcome, ReportedError } from '../run/events.ts'
import { outcomeStyle } from './colors.ts'
import type { Paint, Style } from './colors.ts'
import { formatError } from './format-error.ts'
import { columnsOf, cut, duration, oneLine, plural, printable, titledBy } from './text.ts'
import type { RunningTask, ShownTask, TreeHost } from './tree-model.ts'

export interface Row {
  /** Depth in the tree: 0 for plays, 1 for hosts, 2 for tasks. */
  readonly level: number
  /** Empty for a line that continues the row above. */
  readonly icon: string
  readonly iconStyle: Style
  readonly text: string
  readonly textStyle?: Style | undefined
  /** Dim text at the end, such as a duration; it is truncated last. */
  readonly after?: string | undefined
}

export const icons = {
  done: figures.tick,
  failed: figures.cross,
  waiting: figures.squareSmallFilled,
  open: figures.pointer,
  output: figures.pointerSmall,
  skipped: figures.arrowDown,
  more: '…',
} as const

/** Draws a row in at most `width` columns. */
export const drawRow = (row: Row, width: number, paint: Paint): string => {
  const { level, icon, iconStyle, text, textStyle, after } = row
  const lead = ' '.repeat(level * 2)
  const mark = icon === '' ? '' : `${icon} `
  const free = width - lead.length - columnsOf(mark)
  // on a very narrow terminal the text keeps a few columns
  const tail = after === undefined ? '' : cut(`  ${after}`, Math.max(0, free - 8))
  const room = free - columnsOf(tail)
  const shown = cut(icon === '' ? printable(text).replaceAll('\t', '  ') : oneLine(text), Math.max(1, room))
  return `${lead}${paint[iconStyle](mark)}${textStyle === undefined ? shown : paint[textStyle](shown)}${paint.dim(tail)}`
}

const outcomeIcon: Readonly<Record<Outcome, string>> = {
  ok: icons.done,
  changed: icons.done,
  skipped: icons.skipped,
  failed: icons.failed,
  unreachable: icons.failed,
  ignored: icons.failed,
  rescued: icons.failed,
  'would change': icons.open,
  unknown: icons.open,
}

/** A task that has ended. */
export const endedRow = (task: ShownTask, level = 2): Row => {
  const { outcome, why, seconds } = task
  const reason = why === undefined ? '' : ` (${why})`
  return {
    level,
    icon: outcomeIcon[outcome],
    iconStyle: outcomeStyle[outcome],
    text: `${outcome}  ${titledBy(task)}${reason}`,
    after: duration(seconds),
  }
}

/** The first `limit` lines of an error. */
export const errorRows = (error: ReportedError, host: string, level: number, limit: number): Row[] => {
  const lines = formatError(error, { color: false, verbosity: 0, short: error.host === host }).split('\n')
  return lines.slice(0, limit).map((text, index) => ({
    level,
    icon: '',
    iconStyle: 'dim',
    text,
    textStyle: index === 0 ? 'red' : undefined,
  }))
}

/** The text of a running task: its title, and what it waits for. */
export const runningText = (task: RunningTask): string =>
  `${titledBy(task)}${task.progress === undefined ? '' : ` (${task.progress})`}`

/** The time from `since` to `now`, both Unix milliseconds. */
export const elapsed = (since: number, now: number): string => duration(Math.max(0, now - since) / 1000)

/** A running task. */
export const runningRow = (task: RunningTask, now: number, spinner: string): Row => ({
  level: 2,
  icon: spinner,
  iconStyle: 'yellow',
  text: runningText(task),
  after: elapsed(task.since, now),
})

/** A line of output. */
export const outputRow = (line: string, level = 3): Row => ({
  level,
  icon: icons.output,
  iconStyle: 'dim',
  text: line,
  textStyle: 'dim',
})

/** Rows that did not fit, or are folded. */
export const moreRow = (level: number, text: string): Row => ({
  level,
  icon: icons.more,
  iconStyle: 'dim',
  text,
  textStyle: 'dim',
})

/** The time that a host has taken. */
export const hostTime = ({ since, until }: TreeHost, now: number | undefined): string | undefined => {
  const end = now ?? until
  return since === undefined || end === undefined ? undefined : elapsed(since, end)
}

/** A row for several hosts. */
export const foldedRow = (count: number, what: string, icon: string, iconStyle: Style, names = ''): Row => ({
  level: 1,
  icon,
  iconStyle,
  text: `${plural(count, 'host')} ${what}${names === '' ? '' : `  ${names}`}`,
  textStyle: iconStyle === 'dim' ? 'dim' : undefined,
})
