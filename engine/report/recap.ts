/** The recap of a run: a table of hosts and outcomes, totals, plays that did not run, and what to do next. */
import { noOutcomes } from '../run/events.ts'
import type { HostRecap, Outcome, RunEnd } from '../run/events.ts'
import { outcomeStyle, paintWith } from './colors.ts'
import type { Paint } from './colors.ts'
import { dueHandlers } from './due.ts'
import { columnsOf, cut, duration, oneLine, pad, plural } from './text.ts'

export interface RecapFormat {
  /** Whether the run was under --check. */
  readonly check: boolean
  readonly color: boolean
  /** Whether `--resume` can continue the run. */
  readonly resumable?: boolean | undefined
  /** Maximum columns of the table. */
  readonly width: number
  /**
   * Maximum rows for hosts: if there are more hosts, those without changes and failures share one row. No limit by
   * default.
   */
  readonly rows?: number | undefined
}

type Counts = HostRecap['counts']

/** The outcomes in the order of the columns. */
const order: readonly Outcome[] = [
  'ok',
  'changed',
  'would change',
  'unknown',
  'skipped',
  'rescued',
  'ignored',
  'failed',
  'unreachable',
]

/** Outcomes that get a column only if they occurred. */
const rare = new Set<Outcome>(['rescued', 'ignored'])
const onlyCheck = new Set<Outcome>(['would change', 'unknown'])

const columnsFor = (check: boolean, total: Counts): readonly Outcome[] =>
  order.filter((outcome) => {
    if (total[outcome] > 0) return true
    return !rare.has(outcome) && (check ? outcome !== 'changed' : !onlyCheck.has(outcome))
  })

const sums = (recap: readonly HostRecap[]): Counts => {
  const total = noOutcomes()
  for (const { counts } of recap) for (const outcome of order) total[outcome] += counts[outcome]
  return total
}

/** Ranks a host: 2 for failures, 1 for changes, 0 otherwise. */
const interest = ({ counts }: HostRecap): number => {
  if (counts.failed + counts.unreachable > 0) return 2
  const { changed, unknown, rescued, ignored } = counts
  return changed + counts['would change'] + unknown + rescued + ignored > 0 ? 1 : 0
}

/**
 * Divides hosts into those with a row of their own, in order, and the rest.
 *
 * Hosts of the same rank are shown or folded together, and a failed host is always shown.
 */
const divided = (recap: readonly HostRecap[], rows: number): [HostRecap[], HostRecap[]] => {
  const atLeast = (level: number) => recap.filter((host) => interest(host) >= level)
  const level = [0, 1].find((candidate) => atLeast(candidate).length <= rows) ?? 2
  return [atLeast(level), recap.filter((host) => interest(host) < level)]
}

/** The width of a column: that of its name or of its total, which is the longest number in it. */
const widthOf = (outcome: Outcome, total: Counts): number =>
  Math.max(outcome.length, String(total[outcome]).length)

const widthOfAll = (columns: readonly Outcome[], total: Counts): number =>
  columns.reduce((taken, outcome) => taken + widthOf(outcome, total) + 2, 0)

/** The columns that fit next to a host name: all, or those that are not zero everywhere, or none. */
const columnsThatFit = (
  { check, width }: RecapFormat,
  total: Counts,
  longest: number,
): readonly Outcome[] => {
  const all = columnsFor(check, total)
  const needed = all.filter((outcome) => total[outcome] > 0)
  return [all, needed].find((columns) => widthOfAll(columns, total) + Math.min(8, longest) <= width) ?? []
}

const tableLines = (recap: readonly HostRecap[], format: RecapFormat, paint: Paint): string[] => {
  const total = sums(recap)
  const [own, others] = divided(recap, format.rows ?? recap.length)
  const rows: (readonly [string, Counts])[] = own.map(({ host, counts }) => [oneLine(host), counts])
  if (others.length > 0) rows.push([plural(others.length, 'other host'), sums(others)])
  if (recap.length > 1) rows.push(['total', total])
  const longest = Math.max('recap'.length, ...rows.map(([name]) => columnsOf(name)))
  const columns = columnsThatFit(format, total, longest)
  // on a narrow terminal, each host has its counts in words
  if (columns.length === 0)
    return ['recap', ...rows.map(([name, counts]) => `${oneLine(name)}: ${countsInWords(counts, paint)}`)]
  const first = Math.min(Math.max(8, longest), format.width - widthOfAll(columns, total))
  const cell = (outcome: Outcome, count: number): string => {
    const text = pad(String(count), widthOf(outcome, total), 'start')
    return count === 0 ? paint.dim(text) : paint[outcomeStyle[outcome]](text)
  }
  return [
    paint.bold(
      [pad('recap', first), ...columns.map((outcome) => pad(outcome, widthOf(outcome, total), 'start'))].join(
        '  ',
      ),
    ),
    ...rows.map(([name, counts]) =>
      [pad(cut(name, first), first), ...columns.map((outcome) => cell(outcome, counts[outcome]))].join('  '),
    ),
  ]
}

/** The counts that are not zero, in words. */
export const countsInWords = (counts: Counts, paint: Paint): string => {
  const words = order
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => paint[outcomeStyle[outcome]](`${counts[outcome]} ${outcome}`))
  return words.length === 0 ? 'nothing to do' : words.join(', ')
}

const names = (hosts: readonly HostRecap[]): string => hosts.map(({ host }) => oneLine(host)).join(', ')

const nextLines = ({ recap, stopped }: RunEnd, { check, resumable }: RecapFormat, paint: Paint): string[] => {
  const next = paint.cyan('next:')
  const goesOn = resumable === true && !check ? '--resume continues from here' : undefined
  // the hint of the interrupt says the rest: there is no failure to fix
  if (stopped?.code === 'interrupted') return goesOn === undefined ? [] : [`${next} ${goesOn}`]
  const again = `then run again${goesOn === undefined ? '' : `; ${goesOn}`}`
  const failed = recap.filter(({ counts }) => counts.failed > 0)
  const unreachable = recap.filter(({ counts }) => counts.unreachable > 0)
  const lines: string[] = []
  if (unreachable.length > 0) {
    lines.push(`${next} check the connection to ${names(unreachable)}, ${again}`)
  }
  if (failed.length > 0) {
    const kept = check ? '' : '; completed changes are kept'
    lines.push(`${next} fix the failures on ${names(failed)}, ${again}${kept}`)
  }
  if (lines.length > 0) return lines
  const predicted = recap.some(({ counts }) => counts['would change'] + counts.unknown > 0)
  if (check && predicted && stopped === undefined) {
    lines.push(`${next} nothing was changed; run without --check to apply the changes`)
  }
  return lines
}

/** Lines for the handlers that are due, with their hosts and whether the next run runs them. */
const dueLines = (event: RunEnd, paint: Paint): string[] =>
  dueHandlers(event).map(({ handler, hosts, remembered }) => {
    const where = `${oneLine(handler)} on ${hosts.map(oneLine).join(',')}`
    return remembered
      ? `${paint.yellow('due:')} ${where} (runs in the next run)`
      : `${paint.red('due:')} ${where} (not remembered: the next run does not run it; do its work manually)`
  })

/**
 * Formats the recap as lines.
 *
 * @example
 * recapLines(event, { check: false, color: false, width: 80 })
 * // recap  ok  changed  skipped  failed  unreachable
 * // m1     10        2        0       0            0
 * // m2      9        1        0       1            0
 * // total  19        3        0       1            0
 * //
 * // 2 hosts in 12.4 s: 19 ok, 3 changed, 1 failed
 * // not run: the other masters join
 * // next: fix the failures on m2, then run again; completed changes are kept
 */
export const recapLines = (event: RunEnd, format: RecapFormat): string[] => {
  const paint = paintWith(format.color)
  const { recap, notRun, seconds } = event
  const took = `${plural(recap.length, 'host')} in ${duration(seconds)}`
  return [
    ...tableLines(recap, format, paint),
    '',
    `${took}: ${countsInWords(sums(recap), paint)}${format.check ? ' (check: nothing was changed)' : ''}`,
    ...(notRun.length === 0 ? [] : [`${paint.yellow('not run:')} ${notRun.map(oneLine).join(', ')}`]),
    ...dueLines(event, paint),
    ...nextLines(event, format, paint),
  ]
}
