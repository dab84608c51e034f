/** What `\d`, `\w`, `\s` and `\b` of Python are in JavaScript. Pure. */

/** The inside of a class for each letter, and a border of words. */
export interface Classes {
  readonly d: string
  readonly w: string
  readonly s: string
  /** Where a word begins or ends. */
  readonly border: string
  readonly noBorder: string
}

const withBorders = (classes: Omit<Classes, 'border' | 'noBorder'>): Classes => {
  const word = `[${classes.w}]`
  return {
    ...classes,
    border: `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`,
    noBorder: `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`,
  }
}

const ascii = withBorders({ d: '0-9', w: 'a-zA-Z0-9_', s: ' \\t\\n\\r\\f\\v' })
const unicode = withBorders({
  d: '\\p{Nd}',
  w: '\\p{L}\\p{N}_',
  s: '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
})

/** The classes: of ASCII alone with the flag `a`. */
export const classOf = (onlyAscii: boolean): Classes => (onlyAscii ? ascii : unicode)
