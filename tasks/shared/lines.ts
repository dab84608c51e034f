/**
 * Texts as lines, and edits of single lines that leave every other byte as it is. Pure.
 *
 * A line ends with `\n` or `\r\n`, and keeps its own end; a carriage return anywhere else is part of the line. The last
 * line may have no end. A byte order mark stays in front of the first line and belongs to none.
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

/** The end of a new line: that of the line above it, else that of the one below. */
const newEnd = (lines: readonly Line[], at: number): string => {
  const above = lines.slice(0, at).findLast(({ end }) => end !== '')
  return (above ?? lines.slice(at).find(({ end }) => end !== ''))?.end ?? '\n'
}

/** The text; what had no end gets one where another line follows. */
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

/** A text's lines without their ends and without a byte order mark; a final newline begins no other line. */
export const linesOf = (text: string | undefined): string[] =>
  parsed(text ?? '').lines.map((line) => line.text)

/** The text of a new file: each line ended by a newline. */
export const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** How the lines of a text end: as the first one does. */
export const endOf = (text: string): '\n' | '\r\n' => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n')

/** Lines that take the place of others: what stays the same keeps its end, and so does the last line of a file. */
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
 * The text with some lines replaced by others, as `toSpliced` does; no other byte changes. Where a last line without an
 * end is no longer the last one, it gets the end that the file's lines have.
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

/** The text with lines at its end, each of them ended. */
export const appendLines = (text: string | undefined, texts: readonly string[]): string =>
  spliceLines(text ?? '', Number.MAX_SAFE_INTEGER, 0, texts)

/**
 * The text with each line as `change` says: the lines that take its place, none where it is removed. A line that is given
 * back as it is keeps every byte.
 *
 * @param appended lines that come to the end.
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
