/**
 * Splits texts into lines, and edits single lines without changing any other byte. Pure.
 *
 * A line ends with `\n` or `\r\n`, and keeps its own line break; a carriage return anywhere else is part of the line. The
 * last
 * line can be without a line break. A byte order mark stays before the first line and is not part of a line.
 */

const byteOrderMark = '\u{FEFF}'

interface Line {
  readonly text: string
  /** `\n`, `\r\n`, or nothing. */
  readonly end: string
}

interface Lines {
  readonly mark: string
  readonly lines: readonly Line[]
}

const parsed = (text: string): Lines => {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : ''
  const pieces = text.slice(mark.length).split('\n')
  const rest = pieces.pop() ?? ''
  const lines = pieces.map((piece): Line =>
    piece.endsWith('\r') ? { text: piece.slice(0, -1), end: '\r\n' } : { text: piece, end: '\n' },
  )
  return { mark, lines: rest === '' ? lines : [...lines, { text: rest, end: '' }] }
}

/** The line break of a new line: that of the line above it, or of the line below. */
const newEnd = (lines: readonly Line[], at: number): string => {
  const above = lines.slice(0, at).findLast(({ end }) => end !== '')
  return (above ?? lines.slice(at).find(({ end }) => end !== ''))?.end ?? '\n'
}

/** The complete text. A line without a line break gets one if another line follows. */
const written = (mark: string, lines: readonly Line[], before: readonly Line[]): string => {
  const last = lines.length - 1
  return (
    mark +
    lines
      .map(
        ({ text, end }, index) => text + (end === '' && index < last ? newEnd(before, before.length) : end),
      )
      .join('')
  )
}

/** The lines of a text, without line breaks and without a byte order mark. A final newline does not begin another line. */
export const linesOf = (text: string | undefined): string[] =>
  parsed(text ?? '').lines.map((line) => line.text)

/** The text of a new file, with a newline after each line. */
export const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** The line break of a text: that of its first line. */
export const endOf = (text: string): '\n' | '\r\n' => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n')

/** Lines that replace others. Unchanged lines keep their line break, and so does the last line of a file. */
const replaced = (
  lines: readonly Line[],
  at: number,
  old: readonly Line[],
  texts: readonly string[],
): Line[] => {
  let head = 0
  while (head < Math.min(old.length, texts.length) && old[head]?.text === texts[head]) head += 1
  let tail = 0
  const most = Math.min(old.length, texts.length) - head
  while (tail < most && old.at(-1 - tail)?.text === texts.at(-1 - tail)) tail += 1
  const middle = old.slice(head, old.length - tail)
  const end = newEnd(lines, at + head)
  const inserted = texts.slice(head, texts.length - tail).map((text, index, all): Line => {
    const its = index === all.length - 1 ? middle.at(-1) : middle[index]
    return { text, end: its === undefined || (its.end === '' && index < all.length - 1) ? end : its.end }
  })
  return [...old.slice(0, head), ...inserted, ...old.slice(old.length - tail)]
}

/**
 * The text with some lines replaced, like `toSpliced`; no other byte changes. A last line without a line break gets one if
 * another line now follows.
 *
 * @example
 * spliceLines('a\r\nb\r\n', 1, 0, ['x']) // 'a\r\nx\r\nb\r\n'
 */
export const spliceLines = (text: string, at: number, count: number, texts: readonly string[]): string => {
  const { mark, lines } = parsed(text)
  const old = lines.slice(at, at + count)
  const next = [...lines.slice(0, at), ...replaced(lines, at, old, texts), ...lines.slice(at + old.length)]
  return written(mark, next, lines)
}

/** The text with lines appended, each with a line break. */
export const appendLines = (text: string | undefined, texts: readonly string[]): string =>
  spliceLines(text ?? '', Number.MAX_SAFE_INTEGER, 0, texts)

/**
 * The text with each line replaced by the lines that `change` returns; none removes the line. A line that is returned
 * unchanged keeps every byte.
 *
 * @param appended lines to add at the end.
 * @example
 * mapLines('a\r\nb', (line) => (line === 'a' ? [] : [line])) // 'b'
 */
export const mapLines = (
  text: string | undefined,
  change: (line: string, index: number) => readonly string[],
  appended: readonly string[] = [],
): string => {
  const { mark, lines } = parsed(text ?? '')
  const next = lines.flatMap((line, index) => replaced(lines, index, [line], change(line.text, index)))
  return written(mark, [...next, ...replaced(lines, lines.length, [], appended)], lines)
}
