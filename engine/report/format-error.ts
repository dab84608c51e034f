/** Formats errors for people: what, where, why, the command's output, and a hint. */
import type { Place } from '../errors.ts'
import type { ReportedError } from '../run/events.ts'
import { paintWith } from './colors.ts'
import type { Paint } from './colors.ts'
import { indent, linesOf, oneLine, plural, printable } from './text.ts'

export interface ErrorFormat {
  readonly color: boolean
  /** 1 adds the causes, 2 the stack. */
  readonly verbosity: number
  /**
   * Columns for the source line of a place; default 100. Text is not wrapped, so that it can be searched and copied.
   */
  readonly width?: number | undefined
  /** Omits host and task, if the line above has them. */
  readonly short?: boolean | undefined
}

/** Lines of output shown without --verbose. */
const shownLines = 40

const where = ({ host, task }: ReportedError): string =>
  [host === undefined ? [] : `host ${host}`, task === undefined ? [] : `task ${oneLine(task)}`]
    .flat()
    .join(', ')

/** The source line with a caret under the column; for a long line, the part around it. */
const excerptLines = (excerpt: string, { line, column }: Place, room: number, paint: Paint): string[] => {
  // tabs and control characters would shift the caret: each becomes one space
  const source = excerpt.replace(/[\r\n]+$/, '').replaceAll(/\p{Cc}/gu, ' ')
  const at = Math.max(1, column ?? 1)
  const from =
    source.length <= room ? 0 : Math.max(0, Math.min(at - Math.ceil(room / 2), source.length - room))
  const shown = printable(source.slice(from, from + room))
  const number = line === undefined ? '' : String(line)
  const gutter = ' '.repeat(number.length)
  const lines = [`${paint.dim(`${number} |`)} ${shown.trimEnd()}`]
  if (column !== undefined)
    lines.push(`${paint.dim(`${gutter} |`)} ${' '.repeat(at - 1 - from)}${paint.red('^')}`)
  return lines
}

const placeLines = (place: Place, width: number, paint: Paint): string[] => {
  const { file, line, column, excerpt } = place
  const address = [file, line ?? [], line === undefined ? [] : (column ?? [])].flat().join(':')
  const room = Math.max(20, width - String(line ?? '').length - 8)
  return [
    paint.cyan(oneLine(address)),
    ...(excerpt === undefined ? [] : indent(excerptLines(excerpt, place, room, paint), 2)),
  ]
}

const outputLines = (output: string, verbosity: number, paint: Paint): string[] => {
  const lines = linesOf(output)
  const missing = verbosity > 0 ? 0 : Math.max(0, lines.length - shownLines)
  return [
    paint.dim('output:'),
    ...(missing > 0 ? [paint.dim(`  … ${plural(missing, 'line')} omitted; -v shows all`)] : []),
    ...indent(lines.slice(missing), 2),
  ]
}

const causeLines = (causes: readonly string[], paint: Paint): string[] =>
  causes.flatMap((cause) => {
    const [first = '', ...rest] = linesOf(cause)
    return [`${paint.dim('caused by:')} ${first}`, ...indent(rest, 2)]
  })

/** Formats a warning as lines of text, without a newline at the end. */
export const formatWarning = (
  {
    message,
    place,
    hint,
  }: { readonly message: string; readonly place: Place | undefined; readonly hint: string },
  { color, width = 100 }: Pick<ErrorFormat, 'color' | 'width'>,
): string => {
  const paint = paintWith(color)
  const below = [
    ...(place === undefined ? [] : placeLines(place, width, paint)),
    ...(hint === '' ? [] : [`${paint.cyan('hint:')} ${oneLine(hint)}`]),
  ]
  return [`${paint.bold('warning:')} ${oneLine(message)}`, ...indent(below, 2)].join('\n')
}

/**
 * Formats an error as lines of text, without a newline at the end.
 *
 * @example
 * process.stderr.write(`${formatError(error, { color: false, verbosity: 0 })}\n`)
 * // error[inventory-invalid]: unknown key ansible_hots
 * //   site.yaml:4:7
 * //     4 |       ansible_hots: 10.0.0.7
 * //       |       ^
 * //   hint: fix the inventory at the line shown
 */
export const formatError = (error: ReportedError, format: ErrorFormat): string => {
  const { code, message, place, output, hint, causes, stack } = error
  const { verbosity, width = 100, short = false } = format
  const paint = paintWith(format.color)
  const [first = '', ...more] = linesOf(message)
  const at = short ? '' : where(error)
  const below = [
    ...more,
    ...(at === '' ? [] : [`on ${at}`]),
    ...(place === undefined ? [] : placeLines(place, width, paint)),
    ...(output === undefined || output.trim() === '' ? [] : outputLines(output, verbosity, paint)),
    ...(verbosity > 0 ? causeLines(causes, paint) : []),
    ...(verbosity > 1 && stack !== undefined ? [paint.dim('stack:'), ...indent(linesOf(stack), 2)] : []),
    ...(hint === '' ? [] : [`${paint.cyan('hint:')} ${oneLine(hint)}`]),
  ]
  return [`${paint.red(paint.bold(`error[${code}]:`))} ${first}`, ...indent(below, 2)].join('\n')
}
