import { createTwoFilesPatch } from 'diff'
import type { ReportedChange } from '../run/events.ts'
import { printable } from './paint.ts'
import type { Paint } from './paint.ts'

/** Lines of a diff that are shown. */
const longest = 200

const isBinary = (text: string | undefined): boolean => text !== undefined && /[\u0000\ufffd]/.test(text)

const size = (text: string | undefined): string =>
  text === undefined ? 'nothing' : `${Buffer.byteLength(text)} bytes`

const paintLine = (line: string, paint: Paint): string => {
  if (line.startsWith('+')) return paint('green', line)
  if (line.startsWith('-')) return paint('red', line)
  return line.startsWith('@@') ? paint('cyan', line) : line
}

const unified = ({ what, from = '', to = '' }: ReportedChange, paint: Paint): string => {
  const lines = createTwoFilesPatch(`${what} (now)`, `${what} (then)`, from, to, '', '', { context: 3 })
    .split('\n')
    .filter((line) => !line.startsWith('====='))
    .map(printable)
  const shown = lines.slice(0, longest).map((line) => paintLine(line, paint))
  const more = lines.length > longest ? [`… ${lines.length - longest} more lines`] : []
  return [...shown, ...more].join('\n').trimEnd()
}

/**
 * A change for people: `what: from → to` for single values, a unified diff for text of several lines, sizes for what is
 * no text.
 */
export const formatChange = (change: ReportedChange, paint: Paint, diff: boolean): string => {
  const { what, from, to } = change
  const name = printable(what)
  if (from === undefined && to === undefined) return name
  const long = [from, to].some((text) => text !== undefined && (text.includes('\n') || text.length > 160))
  if (isBinary(from) || isBinary(to)) return `${name}: ${size(from)} → ${size(to)}`
  if (!long) {
    const value = (text: string | undefined): string =>
      text === undefined ? 'nothing' : printable(text) || "''"
    return `${name}: ${paint('red', value(from))} → ${paint('green', value(to))}`
  }
  return diff ? unified(change, paint) : `${name}: ${size(from)} → ${size(to)}`
}
