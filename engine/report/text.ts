/** Makes untrusted text safe for a terminal: removes what could move the cursor, and shortens long text. */
import { once } from '../once.ts'
import type { TaskRef } from '../run/events.ts'
import { terminalCodes } from '../run/masking/terminal-codes.ts'

const codes = new RegExp(terminalCodes, 'g')

/** What a terminal shows of a line with carriage returns: the part after the last one. */
const afterReturns = (line: string): string => {
  // not a regular expression: on a long run of returns, its time is quadratic
  let end = line.length
  while (line[end - 1] === '\r') end -= 1
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end)
}

/**
 * Removes escape sequences and control characters, except newlines and tabs.
 *
 * @example
 * printable('\x1b[31mred\x1b[0m\x07') // 'red'
 */
export const printable = (text: string): string =>
  text.replace(codes, '').split('\n').map(afterReturns).join('\n').replaceAll('\r', '')

/** The same on one line: newlines and tabs become spaces. */
export const oneLine = (text: string): string =>
  printable(text)
    .split('\n')
    .map((line) => line.replaceAll('\t', ' ').trim())
    .filter((line) => line !== '')
    .join(' ')

/** Splits text into printable lines, without empty ones at the end. */
export const linesOf = (text: string): string[] => printable(text).trimEnd().split('\n')

// the first one takes as long as all else that a start does with text, and most text is ASCII
const segmenter = once(() => new Intl.Segmenter())
const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
const ascii = /^[\u0020-\u007e]*$/

const widthOfOne = (character: string): number => {
  if (invisible.test(character)) return 0
  return wide.test(character) || character.includes('\ufe0f') ? 2 : 1
}

/** The width of plain text on a terminal, in columns. */
export const columnsOf = (text: string): number => {
  if (ascii.test(text)) return text.length
  let columns = 0
  for (const { segment } of segmenter().segment(text)) columns += widthOfOne(segment)
  return columns
}

/**
 * Shortens plain text to a number of columns, with an ellipsis.
 *
 * @example
 * cut('net.ipv4.ip_forward', 8) // 'net.ipv…'
 */
export const cut = (text: string, columns: number): string => {
  if (columnsOf(text) <= columns) return text
  let used = 0
  let kept = ''
  for (const { segment } of segmenter().segment(text)) {
    used += widthOfOne(segment)
    if (used > columns - 1) break
    kept += segment
  }
  return columns < 1 ? '' : `${kept}…`
}

/** Pads plain text with spaces, at its end or, for numbers, at its start. */
export const pad = (text: string, columns: number, side: 'end' | 'start' = 'end'): string => {
  const filling = ' '.repeat(Math.max(0, columns - columnsOf(text)))
  return side === 'end' ? text + filling : filling + text
}

/** Indents lines; empty lines stay empty. */
export const indent = (lines: readonly string[], columns: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(columns) + line))

/**
 * Formats a duration.
 *
 * @example
 * duration(0.234) // '0.2 s'
 * duration(83)    // '1 min 23 s'
 */
export const duration = (seconds: number): string => {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const rounded = Math.round(seconds)
  const minutes = Math.floor(rounded / 60)
  if (minutes < 60) return `${minutes} min ${String(rounded % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/**
 * Formats a count with its noun.
 *
 * @example
 * plural(1, 'host') // '1 host'
 */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/**
 * That a task is a handler. Those of roles have names that tell apart the roles, and their uses: `handler motd: announce`.
 *
 * @param handler the name by which it is notified.
 */
export const handlerNote = (handler: string | undefined): string =>
  handler?.includes(': ') === true ? `handler ${handler}` : 'handler'

/**
 * A task's title, with a note if it is a handler, belongs to a block's rescue or always, or runs on another host.
 *
 * @example
 * titledBy({ title: 'restart haproxy', role: 'handler', on: 'lb1' }) // 'restart haproxy (handler, on lb1)'
 */
export const titledBy = ({
  title,
  role,
  on,
  handler,
}: Pick<TaskRef, 'title' | 'role' | 'on'> & Partial<Pick<TaskRef, 'handler'>>): string => {
  const its = role === 'handler' ? handlerNote(handler) : role
  const notes = [role === 'task' ? [] : its, on === undefined ? [] : `on ${on}`].flat()
  return notes.length === 0 ? title : `${title} (${notes.join(', ')})`
}
