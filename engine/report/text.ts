/** Text from elsewhere made fit for a terminal: what could move the cursor is taken out, what is long is cut. */
import type { TaskRef } from '../run/events.ts'
import { terminalCodes } from '../run/masking/terminal-codes.ts'

const codes = new RegExp(terminalCodes, 'g')

/** As a terminal would leave it: a carriage return begins the line anew, so the last stretch is what is seen. */
const afterReturns = (line: string): string => {
  // not with a pattern: it would look at a run of returns anew from each of them
  let end = line.length
  while (line[end - 1] === '\r') end -= 1
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end)
}

/**
 * Text without escape sequences and control characters, but with its newlines and tabs.
 *
 * @example
 * printable('\x1b[31mred\x1b[0m\x07') // 'red'
 */
export const printable = (text: string): string =>
  text.replace(codes, '').split('\n').map(afterReturns).join('\n').replaceAll('\r', '')

/** The same on one line: newlines and tabs become a space. */
export const oneLine = (text: string): string =>
  printable(text)
    .split('\n')
    .map((line) => line.replaceAll('\t', ' ').trim())
    .filter((line) => line !== '')
    .join(' ')

/** Printable lines, without empty ones at the end. */
export const linesOf = (text: string): string[] => printable(text).trimEnd().split('\n')

const segmenter = new Intl.Segmenter()
const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
const ascii = /^[\u0020-\u007e]*$/

const widthOfOne = (character: string): number => {
  if (invisible.test(character)) return 0
  return wide.test(character) || character.includes('\ufe0f') ? 2 : 1
}

/** Columns that plain text takes on a terminal. */
export const columnsOf = (text: string): number => {
  if (ascii.test(text)) return text.length
  let columns = 0
  for (const { segment } of segmenter.segment(text)) columns += widthOfOne(segment)
  return columns
}

/**
 * Plain text cut to a number of columns; an ellipsis tells that something is missing.
 *
 * @example
 * cut('net.ipv4.ip_forward', 8) // 'net.ipv…'
 */
export const cut = (text: string, columns: number): string => {
  if (columnsOf(text) <= columns) return text
  let used = 0
  let kept = ''
  for (const { segment } of segmenter.segment(text)) {
    used += widthOfOne(segment)
    if (used > columns - 1) break
    kept += segment
  }
  return columns < 1 ? '' : `${kept}…`
}

/** Plain text filled up with spaces, at its end or, for numbers, at its beginning. */
export const pad = (text: string, columns: number, side: 'end' | 'start' = 'end'): string => {
  const filling = ' '.repeat(Math.max(0, columns - columnsOf(text)))
  return side === 'end' ? text + filling : filling + text
}

/** Lines shifted to the right; empty ones stay empty. */
export const indent = (lines: readonly string[], columns: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(columns) + line))

/**
 * A duration as people say it.
 *
 * @example
 * duration(0.234) // '0.2 s'
 * duration(83)    // '1 min 23 s'
 */
export const duration = (seconds: number): string => {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/**
 * A number with its noun.
 *
 * @example
 * plural(1, 'host') // '1 host'
 */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/**
 * A task's title with what is special about it: that it is a handler, stands in a block's rescue, or is done on another host.
 *
 * @example
 * titledBy({ title: 'restart haproxy', role: 'handler', on: 'lb1' }) // 'restart haproxy (handler, on lb1)'
 */
export const titledBy = ({ title, role, on }: Pick<TaskRef, 'title' | 'role' | 'on'>): string => {
  const notes = [role === 'task' ? [] : role, on === undefined ? [] : `on ${on}`].flat()
  return notes.length === 0 ? title : `${title} (${notes.join(', ')})`
}
