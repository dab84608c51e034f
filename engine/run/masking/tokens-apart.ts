/** Joins separated characters and bytes: hexadecimal dumps, lists of numbers, letters with blanks between them. */
import { ViewBuilder, startIn } from './view.ts'
import type { View } from './view.ts'

/** A separator between runs. No secret continues across it. */
const gap = '\u0001'

/** Separated tokens, each of which is a byte or some characters. */
interface Apart {
  readonly token: string
  readonly separator: string
  readonly read: (token: string) => string
  /** An incomplete token at the end of an unfinished text. */
  readonly unfinished?: RegExp
}

const byte = (radix: number) => (token: string) => {
  const code = Number.parseInt(token, radix)
  return code < 256 ? String.fromCharCode(code) : gap
}
const asIs = (token: string): string => token

/** `68 75 6e`, `68:75:6e`, `0x68, 0x75`, also across lines; `104,117,110`; `150 165 156`; `h u n` and `h.u.n`. */
const aparts: readonly Apart[] = [
  {
    token: '(?:0[xX])?[0-9a-fA-F]{1,8}',
    separator: '(?:[ \\t:,;_-]{1,4}|[ \\t:,;_-]{0,4}\\r?\\n[ \\t]{0,16})',
    read: (token) => token.replace(/^0[xX]/, '').toLowerCase(),
    unfinished: /(?<!\w)0[xX]?$/,
  },
  { token: '[0-9]{1,3}', separator: '[ \\t,;]{1,4}', read: byte(10), unfinished: /(?<!\d)\d{1,3}$/ },
  { token: '[0-3][0-7]{2}', separator: '[ \\t]{1,4}', read: byte(8), unfinished: /(?<!\d)[0-3][0-7]{0,2}$/ },
  { token: '[^\\s]', separator: '[ ]{1,3}', read: asIs },
  { token: '[^\\s.]', separator: '[.]', read: asIs },
]

/** A run of tokens; at the end of an unfinished text, one token can be the beginning of a run. */
const runOf = ({ token, separator }: Apart, goesOn: boolean): RegExp =>
  new RegExp(
    `(?:${token}${separator}){2,}${token}${goesOn ? `|(?:${token}${separator})*${token}(?:${separator})?$` : ''}`,
    'g',
  )

/** Minimum digits before a line break for a run to continue after it. */
const beforeBreak = 8

const readers = [false, true].map((goesOn) =>
  aparts.map((apart) => ({ apart, run: runOf(apart, goesOn), token: new RegExp(apart.token, 'g') })),
)

/** Joins the tokens of each run. */
export const together = (from: View, goesOn: boolean): (View | undefined)[] =>
  (readers[goesOn ? 1 : 0] ?? []).map(({ apart, run, token }) => {
    const builder = new ViewBuilder(from)
    const tail = goesOn ? apart.unfinished?.exec(from.text.slice(-8)) : undefined
    const end = tail ? Math.max(0, from.text.length - 8) + tail.index : from.text.length
    let found = end < from.text.length
    for (const match of from.text.slice(0, end).matchAll(run)) {
      found = true
      builder.put(gap, match.index, match.index + 1)
      let size = 0
      for (const one of match[0].matchAll(token)) {
        const start = match.index + one.index
        const letters = apart.read(one[0])
        size += letters.length
        const last = start + one[0].length
        // each digit maps to itself, a complete number to its byte
        if (letters.length < 2) builder.put(letters, start, last)
        else
          for (let back = letters.length; back > 0; back -= 1)
            builder.put(letters.at(-back) ?? '', last - back, last - back + 1)
      }
      if (size < beforeBreak && match[0].endsWith('\n')) builder.put(gap, match.index, match.index + 1)
    }
    return found
      ? builder.done(end < from.text.length ? Math.min(from.open, startIn(from, end)) : from.open)
      : undefined
  })
