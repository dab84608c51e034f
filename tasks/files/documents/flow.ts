/**
 * Lists and maps in brackets, in JSON and in YAML's flow style. Adds and removes entries with their commas, and changes
 * nothing else. Pure.
 */
import { beginsLine, contentEnd, lineEnd, lineStart } from './splices.ts'
import type { Splice } from './splices.ts'

/** An entry: where it begins and ends. */
export interface FlowEntry {
  readonly start: number
  readonly end: number
}

/** The text between two brackets. */
export interface Flow {
  /** The offset after the opening bracket. */
  readonly open: number
  /** The offset of the closing bracket. */
  readonly close: number
  readonly entries: readonly FlowEntry[]
  /** The offsets of the commas after entries; the last entry can be without a comma. */
  readonly commas: readonly number[]
}

/** Whether the last entry begins a line, so that a new entry gets its own line. */
export const isSpread = (text: string, { entries }: Flow): boolean => {
  const last = entries.at(-1)
  return last !== undefined && beginsLine(text, last.start)
}

/** The text between two entries of one line, after the comma. */
const gapOf = (text: string, { entries, commas }: Flow): string => {
  const comma = commas[entries.length - 2]
  const last = entries.at(-1)
  const gap = comma === undefined || last === undefined ? ' ' : text.slice(comma + 1, last.start)
  return /^[ \t]*$/.test(gap) ? gap : ' '
}

/** Adds an entry after the last one. */
export const addEntry = (text: string, flow: Flow, entry: string, newline: string): Splice[] => {
  const last = flow.entries.at(-1)
  if (last === undefined) return [{ start: flow.open, end: flow.open, text: entry }]
  const trailing = flow.commas[flow.entries.length - 1]
  const end = trailing === undefined ? last.end : trailing + 1
  const comma = trailing === undefined ? [{ start: last.end, end: last.end, text: ',' }] : []
  const after = trailing === undefined ? '' : ','
  if (!isSpread(text, flow))
    return [...comma, { start: end, end, text: `${gapOf(text, flow)}${entry}${after}` }]
  const indent = text.slice(lineStart(text, last.start), last.start)
  // after a comment in the same line
  const line = contentEnd(text, end)
  const at = line < flow.close ? line : end
  return [...comma, { start: at, end: at, text: `${newline}${indent}${entry}${after}` }]
}

/** Whether an entry has its lines to itself, except for comments after it. */
const ownsLines = (text: string, flow: Flow, index: number, end: number): boolean => {
  const { start } = flow.entries[index] ?? { start: 0 }
  const next = flow.entries[index + 1]?.start ?? flow.close
  return beginsLine(text, start) && next >= lineEnd(text, end)
}

/** Removes a comma. Leaves a blank before a `#`, which would otherwise not begin a comment. */
const withoutComma = (text: string, at: number): Splice => ({
  start: at,
  end: at + 1,
  text: text[at + 1] === '#' ? ' ' : '',
})

/** Removes the last entry and the comma of the entry before it. Comments between the two stay. */
const removeLast = (text: string, comma: number, { start, end }: FlowEntry): Splice[] => {
  if (text.slice(comma + 1, start).trim() === '') return [{ start: comma, end, text: '' }]
  const blanks = beginsLine(text, start) ? 0 : (/[ \t]*$/.exec(text.slice(comma + 1, start))?.[0].length ?? 0)
  return [withoutComma(text, comma), { start: start - blanks, end, text: '' }]
}

/** Removes an entry. */
export const removeEntry = (text: string, flow: Flow, index: number): Splice[] => {
  const { entries, commas, open, close } = flow
  const entry = entries[index]
  if (entry === undefined) return []
  const comma = commas[index]
  const end = comma === undefined ? entry.end : comma + 1
  if (entries.length === 1) {
    const rest = text.slice(open, entry.start) + text.slice(end, close)
    return rest.trim() === ''
      ? [{ start: open, end: close, text: '' }]
      : [{ start: entry.start, end, text: '' }]
  }
  const before = comma === undefined ? commas[index - 1] : undefined
  const lostComma = before === undefined ? [] : [withoutComma(text, before)]
  if (ownsLines(text, flow, index, end))
    return [...lostComma, { start: lineStart(text, entry.start), end: lineEnd(text, end), text: '' }]
  if (before !== undefined) return removeLast(text, before, entry)
  const next = entries[index + 1]
  const blank = next !== undefined && text.slice(end, next.start).trim() === ''
  return [{ start: entry.start, end: blank ? next.start : end, text: '' }]
}
