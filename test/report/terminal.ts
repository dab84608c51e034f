/** A terminal that interprets a few escape sequences. Its scrollback is part of the screen. */
export interface Terminal {
  readonly write: (text: string) => void
  /** Its text, without spaces at the end of lines and without empty lines at the end. */
  readonly text: () => string
  readonly cursorShown: () => boolean
  readonly wraps: () => boolean
}

const escape = '\u001b'
const sequence = new RegExp(`^${escape}\\[(\\??\\d*)([A-Za-z])$`)
const pieces = new RegExp(`${escape}\\[[?\\d]*[A-Za-z]|[^]`, 'gu')

export const terminal = (): Terminal => {
  let lines: string[] = ['']
  let row = 0
  let column = 0
  let cursorShown = true
  let wraps = true

  const put = (character: string): void => {
    const line = (lines[row] ?? '').padEnd(column)
    lines[row] = line.slice(0, column) + character + line.slice(column + 1)
    column += 1
  }
  const move = (to: number): void => {
    if (to < 0) throw new Error('the cursor was moved above the first line')
    row = to
    while (lines.length <= row) lines.push('')
  }
  const act = (piece: string): void => {
    const [, count = '', kind] = sequence.exec(piece) ?? []
    if (kind === 'A') move(row - Number(count))
    else if (kind === 'K') lines[row] = ''
    else if (count === '?25') cursorShown = kind === 'h'
    else if (count === '?7') wraps = kind === 'h'
    else if (kind !== 'm') throw new Error(`the terminal does not know ${JSON.stringify(piece)}`)
  }

  return {
    write: (text) => {
      for (const piece of text.match(pieces) ?? []) {
        if (piece === '\n') {
          move(row + 1)
          column = 0
        } else if (piece === '\r') column = 0
        else if (piece.length > 1 && piece.startsWith(escape)) act(piece)
        else put(piece)
      }
    },
    text: () =>
      lines
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd(),
    cursorShown: () => cursorShown,
    wraps: () => wraps,
  }
}
