/** A region at the bottom of the terminal that is redrawn, and text that stays above it. */

const control = {
  hideCursor: '\x1b[?25l',
  showCursor: '\x1b[?25h',
  /** Without wrapping, a line that is too long is clipped: every line takes exactly one row. */
  noWrap: '\x1b[?7l',
  wrap: '\x1b[?7h',
  eraseLine: '\x1b[2K',
} as const

export interface Screen {
  /** Shows these lines in the region. */
  readonly show: (lines: readonly string[]) => void
  /** Writes text that stays, above the region. */
  readonly print: (text: string) => void
  /** Removes the region and shows the cursor; the second call does nothing. */
  readonly close: () => void
}

/** Moves the cursor up from below a region of this many rows to its first row. */
const up = (rows: number): string => (rows === 0 ? '\r' : `\r\x1b[${rows}A`)

/**
 * Overwrites the rows from the cursor down; surplus rows become empty.
 *
 * It goes line by line: erasing the entire region first would flicker, and a terminal with a history (tmux) takes
 * "erase all below" in its first row for a new page and keeps the old one.
 */
const over = (rows: number, lines: readonly string[]): string => {
  const surplus = Math.max(0, rows - lines.length)
  const drawn = lines.map((line) => `${control.eraseLine}${line}\n`).join('')
  return drawn + `${control.eraseLine}\n`.repeat(surplus) + (surplus === 0 ? '' : up(surplus))
}

/** Makes a screen that writes to a terminal. */
export const screen = (write: (text: string) => void): Screen => {
  let shown: readonly string[] = []
  let open = false
  const cleared = (): string => up(shown.length) + over(shown.length, [])
  return {
    show: (lines) => {
      if (open && lines.length === shown.length && lines.every((line, index) => line === shown[index])) return
      const begin = open ? '' : control.hideCursor + control.noWrap
      write(begin + up(shown.length) + over(shown.length, lines))
      open = true
      shown = lines
    },
    print: (text) => {
      if (!open) return write(text)
      const ended = text.endsWith('\n') ? text : `${text}\n`
      write(cleared() + control.wrap + ended + control.noWrap + over(0, shown))
    },
    close: () => {
      if (!open) return
      write(cleared() + control.wrap + control.showCursor)
      open = false
      shown = []
    },
  }
}
