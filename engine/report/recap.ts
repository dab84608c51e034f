/** The end of a run in one look: a table of hosts and outcomes, totals, what was not run, what to do next. */
import { noOutcomes } from '../run/events.ts'
import type { HostRecap, Outcome, RunEnd } from '../run/events.ts'
import { outcomeStyle, paintWith } from './colors.ts'
import type { Paint } from './colors.ts'
import { dueHandlers } from './due.ts'
import { columnsOf, cut, duration, oneLine, pad, plural } from './text.ts'

export interface RecapFormat {
  /** Whether it was a run that changes nothing. */
  readonly check: boolean
  readonly color: boolean
  /** Whether `--resume` can go on from where it ended. */
  readonly resumable?: boolean | undefined
  /** Columns that the table may take. */
  readonly width: number
  /** Rows that the table may take for hosts: where there are more, the quietest become one row. All unless told. */
  readonly rows?: number | undefined
}

type Counts = HostRecap['counts']

/** The outcomes in the order in which they are told. */
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

/** Outcomes that get a column only where there was one. */
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

/** How much a host has to say: failures first, then changes. */
const interest = ({ counts }: HostRecap): number => {
  if (counts.failed + counts.unreachable > 0) return 2
  const { changed, unknown, rescued, ignored } = counts
  return changed + counts['would change'] + unknown + rescued + ignored > 0 ? 1 : 0
}

/**
 * The hosts that get a row of their own, in their order, and the rest.
 *
 * Those with the same to say are shown or folded together, and a failed host is always shown.
 */
const divided = (recap: readonly HostRecap[], rows: number): [HostRecap[], HostRecap[]] => {
  const atLeast = (level: number) => recap.filter((host) => interest(host) >= level)
  const level = [0, 1].find((candidate) => atLeast(candidate).length <= rows) ?? 2
  return [atLeast(level), recap.filter((host) => interest(host) < level)]
}

/** A column is as wide as its name, or as its sum, which is the longest number in it. */
const widthOf = (outcome: Outcome, total: Counts): number =>
  Math.max(outcome.length, String(total[outcome]).length)

const widthOfAll = (columns: readonly Outcome[], total: Counts): number =>
  columns.reduce((taken, outcome) => taken + widthOf(outcome, total) + 2, 0)

/** The columns that there is room for beside a name: all, or those that are not zero everywhere; none if not even they fit. */
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
  // on a narrow terminal each host has its counts in words
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
  const told = order
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => paint[outcomeStyle[outcome]](`${counts[outcome]} ${outcome}`))
  return told.length === 0 ? 'nothing to do' : told.join(', ')
}

const names = (hosts: readonly HostRecap[]): string => hosts.map(({ host }) => oneLine(host)).join(',')

const nextLines = ({ recap, stopped }: RunEnd, { check, resumable }: RecapFormat, paint: Paint): string[] => {
  const next = paint.cyan('next:')
  const goesOn = resumable === true && !check ? '--resume goes on from here' : undefined
  // the hint of the interrupt has said the rest: there is nothing to fix in what it cut off
  if (stopped?.code === 'interrupted') return goesOn === undefined ? [] : [`${next} ${goesOn}`]
  const again = `then run it again${goesOn === undefined ? '' : `; ${goesOn}`}`
  const failed = recap.filter(({ counts }) => counts.failed > 0)
  const unreachable = recap.filter(({ counts }) => counts.unreachable > 0)
  const lines: string[] = []
  if (unreachable.length > 0) {
    lines.push(`${next} see that ${names(unreachable)} can be reached, ${again}`)
  }
  if (failed.length > 0) {
    lines.push(`${next} fix what failed on ${names(failed)}, ${again}; what is done stays done`)
  }
  if (lines.length > 0) return lines
  const foretold = recap.some(({ counts }) => counts['would change'] + counts.unknown > 0)
  if (check && foretold && stopped === undefined) {
    lines.push(`${next} nothing was changed; run it without --check to make it so`)
  }
  return lines
}

/** Handlers that are due, on which hosts, and whether the next run runs them. */
const dueLines = (event: RunEnd, paint: Paint): string[] =>
  dueHandlers(event).map(({ handler, hosts, remembered }) => {
    const where = `${oneLine(handler)} on ${hosts.map(oneLine).join(',')}`
    return remembered
      ? `${paint.yellow('due:')} ${where} (runs the next time)`
      : `${paint.red('due:')} ${where} (not remembered: the next run does not run it, do its work by hand)`
  })

/**
 * The recap as lines.
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
 * // next: fix what failed on m2, then run it again; what is done stays done
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
