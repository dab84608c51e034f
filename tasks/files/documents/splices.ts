/** Edits of a text by offsets; everything outside of the edits stays unchanged. Pure. */

/** Replaces the text from `start` to `end`. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with the splices applied. They do not overlap; two at the same offset are applied in their order. */
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

/** The start of the line that contains an offset, after a byte order mark. */
export const lineStart = (text: string, at: number): number => {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return start === 0 && text.startsWith(byteOrderMark) ? 1 : start
}

/** The start of the next line, or the end of the text. */
export const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}

/** The end of the line that contains an offset, before its line break. */
export const contentEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  if (end < 0) return text.length
  return end > at && text[end - 1] === '\r' ? end - 1 : end
}

/** Whether only blanks are before an offset in its line. */
export const beginsLine = (text: string, at: number): boolean =>
  text.slice(lineStart(text, at), at).trim() === ''

/** Inserts lines at the start of a line. At the end of a text without a final newline, adds one first. */
export const insertLines = (text: string, at: number, lines: readonly string[], newline: string): Splice => {
  const open = at > 0 && text[at - 1] !== '\n' && text.slice(0, at) !== byteOrderMark
  return { start: at, end: at, text: (open ? newline : '') + lines.map((line) => line + newline).join('') }
}
