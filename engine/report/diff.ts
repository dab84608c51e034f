/** What changes, for people: a unified diff of texts, a line for single values, sizes and sums for binary data. */
import { createHash } from 'node:crypto'
import { structuredPatch } from 'diff'
import type { ReportedChange } from '../run/events.ts'
import { paintWith } from './colors.ts'
import type { Paint } from './colors.ts'
import { indent, oneLine, plural, printable } from './text.ts'

export interface DiffOptions {
  readonly color: boolean
  /** Lines of a diff that are shown; what is beyond them is counted. 60 unless told. */
  readonly limit?: number | undefined
}

/** Texts more lines apart are not compared: it would take long (its square) and tell little. */
const furthest = 1500

const isBinary = (text: string | undefined): boolean => text !== undefined && /[\0\ufffd]/.test(text)

const summed = (text: string | undefined): string => {
  if (text === undefined) return 'nothing'
  const sum = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return `${plural(Buffer.byteLength(text), 'byte')}, sha256 ${sum}…`
}

const painted = (line: string, paint: Paint): string => {
  // the mark stands in front of what comes from elsewhere, which is cleaned behind it
  // (a carriage return at the end of a line is often the very difference)
  const text = line.slice(0, 1) + printable(line.slice(1).replace(/\r$/, '␍'))
  if (line.startsWith('+')) return paint.green(text)
  return line.startsWith('-') ? paint.red(text) : text
}

const capped = (lines: readonly string[], limit: number, paint: Paint): string[] =>
  lines.length <= limit
    ? [...lines]
    : [...lines.slice(0, limit), paint.dim(`… ${plural(lines.length - limit, 'more line')}`)]

/** Lines of a text as diff(1) counts them: of none, the line before; of one, that alone. */
const range = (start: number, count: number): string => {
  if (count === 1) return `${start}`
  return `${count === 0 ? start - 1 : start},${count}`
}

/**
 * The unified diff of two texts, line by line, without file headings. Equal texts give no line.
 *
 * @example
 * unifiedDiff('a\nb\n', 'a\nc\n', { color: false }) // ['@@ -1,2 +1,2 @@', ' a', '-b', '+c']
 */
export const unifiedDiff = (from: string, to: string, { color, limit = 60 }: DiffOptions): string[] => {
  const paint = paintWith(color)
  const patch = structuredPatch('', '', from, to, '', '', { context: 3, maxEditLength: furthest })
  if (patch === undefined) return [paint.dim(`rewritten: ${summed(from)} → ${summed(to)}`)]
  const lines: string[] = []
  for (const hunk of patch.hunks) {
    const { oldStart, oldLines, newStart, newLines } = hunk
    lines.push(paint.cyan(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`))
    lines.push(...hunk.lines.map((line) => painted(line, paint)))
  }
  return capped(lines, limit, paint)
}

/** What diff(1) and git put above the diff of something that was not there, or goes; an empty text is none of that. */
const headings = ({ what, from, to }: ReportedChange, paint: Paint): string[] => {
  if (from !== undefined && to !== undefined) return []
  const name = (text: string | undefined): string => (text === undefined ? '/dev/null' : oneLine(what))
  return [`--- ${name(from)}`, `+++ ${name(to)}`].map(paint.bold)
}

/** Whether a value is better shown as a diff than beside its name. */
const isLong = (text: string | undefined): boolean =>
  text !== undefined && (text.includes('\n') || text.length > 160)

const value = (text: string | undefined): string => (text === undefined ? 'nothing' : oneLine(text) || "''")

/**
 * A change as lines: what it is, with its values beside it, or a diff beneath it when they have several lines.
 *
 * @example
 * changeLines({ what: 'net.ipv4.ip_forward', from: '0', to: '1' }, { color: false })
 * // ['net.ipv4.ip_forward: 0 → 1']
 */
export const changeLines = (change: ReportedChange, options: DiffOptions): string[] => {
  const { what, from, to } = change
  const paint = paintWith(options.color)
  const title = oneLine(what)
  if (from === undefined && to === undefined) return [title]
  if (isBinary(from) || isBinary(to)) return [`${title}: ${summed(from)} → ${summed(to)}`]
  if (isLong(from) || isLong(to)) {
    const diff = [...headings(change, paint), ...unifiedDiff(from ?? '', to ?? '', options)]
    return [title, ...indent(diff, 2)]
  }
  return [`${title}: ${paint.red(value(from))} → ${paint.green(value(to))}`]
}
