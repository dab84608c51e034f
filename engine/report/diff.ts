/**
 * Formats changes for people: a unified diff of texts, one line for single values, sizes and checksums for binary
 * data.
 */
import { createHash } from 'node:crypto'
import { structuredPatch } from 'diff'
import type { ReportedChange } from '../run/events.ts'
import { paintWith } from './colors.ts'
import type { Paint } from './colors.ts'
import { indent, oneLine, plural, printable } from './text.ts'

export interface DiffOptions {
  readonly color: boolean
  /** Maximum lines of a diff; further lines are only counted. Default 60. */
  readonly limit?: number | undefined
}

/** Maximum edit distance in lines: beyond it, a diff takes quadratic time and is of little use. */
const maxEdits = 1500

const isBinary = (text: string | undefined): boolean => text !== undefined && /[\0\ufffd]/.test(text)

const sizeAndSum = (text: string | undefined): string => {
  if (text === undefined) return 'nothing'
  const sum = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return `${plural(Buffer.byteLength(text), 'byte')}, sha256 ${sum}…`
}

const painted = (line: string, paint: Paint): string => {
  // the text after the diff mark is untrusted and is cleaned; a carriage return at the end of a line is often the only difference, so it is shown
  const text = line.slice(0, 1) + printable(line.slice(1).replace(/\r$/, '␍'))
  if (line.startsWith('+')) return paint.green(text)
  return line.startsWith('-') ? paint.red(text) : text
}

const capped = (lines: readonly string[], limit: number, paint: Paint): string[] =>
  lines.length <= limit
    ? [...lines]
    : [...lines.slice(0, limit), paint.dim(`… ${plural(lines.length - limit, 'more line')}`)]

/** A line range as diff(1) writes it: for no lines, the line before; for one line, only its number. */
const range = (start: number, count: number): string => {
  if (count === 1) return `${start}`
  return `${count === 0 ? start - 1 : start},${count}`
}

/**
 * The unified diff of two texts as lines, without file headings; empty for equal texts.
 *
 * @example
 * unifiedDiff('a\nb\n', 'a\nc\n', { color: false }) // ['@@ -1,2 +1,2 @@', ' a', '-b', '+c']
 */
export const unifiedDiff = (from: string, to: string, { color, limit = 60 }: DiffOptions): string[] => {
  const paint = paintWith(color)
  const patch = structuredPatch('', '', from, to, '', '', { context: 3, maxEditLength: maxEdits })
  if (patch === undefined) return [paint.dim(`rewritten: ${sizeAndSum(from)} → ${sizeAndSum(to)}`)]
  const lines: string[] = []
  for (const hunk of patch.hunks) {
    const { oldStart, oldLines, newStart, newLines } = hunk
    lines.push(paint.cyan(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`))
    lines.push(...hunk.lines.map((line) => painted(line, paint)))
  }
  return capped(lines, limit, paint)
}

/** The headings that diff(1) and git print for a created or removed file. An existing empty file has no headings. */
const headings = ({ what, from, to }: ReportedChange, paint: Paint): string[] => {
  if (from !== undefined && to !== undefined) return []
  const name = (text: string | undefined): string => (text === undefined ? '/dev/null' : oneLine(what))
  return [`--- ${name(from)}`, `+++ ${name(to)}`].map(paint.bold)
}

/** Whether a value is shown as a diff instead of on the line of its name. */
const isLong = (text: string | undefined): boolean =>
  text !== undefined && (text.includes('\n') || text.length > 160)

const value = (text: string | undefined): string => (text === undefined ? 'nothing' : oneLine(text) || "''")

/**
 * Formats a change as lines: its name and both values on one line, or a diff below for values of several lines.
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
  if (isBinary(from) || isBinary(to)) return [`${title}: ${sizeAndSum(from)} → ${sizeAndSum(to)}`]
  if (isLong(from) || isLong(to)) {
    const diff = [...headings(change, paint), ...unifiedDiff(from ?? '', to ?? '', options)]
    return [title, ...indent(diff, 2)]
  }
  return [`${title}: ${paint.red(value(from))} → ${paint.green(value(to))}`]
}
