/** Edits of a text by offsets: what is not between them stays as it is. Pure. */

/** What stands from `start` to `end` is replaced. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with some parts replaced; they do not overlap, and of two in one place the first comes first. */
export const spliced = (text: string, splices: readonly Splice[]): string => {
  const parts: string[] = []
  let done = 0
  for (const { start, end, text: next } of splices.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(done, start), next)
    done = end
  }
  return parts.join('') + text.slice(done)
}

const byteOrderMark = '\u{FEFF}'

/** Where the line begins that an offset is in; a byte order mark is no part of the first one. */
export const lineStart = (text: string, at: number): number => {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return start === 0 && text.startsWith(byteOrderMark) ? 1 : start
}

/** Where the next line begins, or the end of the text. */
export const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}

/** Where the text of a line ends that an offset is in: before its line break. */
export const contentEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  if (end < 0) return text.length
  return end > at && text[end - 1] === '\r' ? end - 1 : end
}

/** Whether nothing but blanks stands before an offset in its line. */
export const beginsLine = (text: string, at: number): boolean =>
  text.slice(lineStart(text, at), at).trim() === ''

/** Lines that come to an offset where a line begins; at the end of a text that has no last newline, one is added. */
export const insertLines = (text: string, at: number, lines: readonly string[], newline: string): Splice => {
  const open = at > 0 && text[at - 1] !== '\n' && text.slice(0, at) !== byteOrderMark
  return { start: at, end: at, text: (open ? newline : '') + lines.map((line) => line + newline).join('') }
}
