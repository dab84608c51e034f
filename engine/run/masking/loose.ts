/**
 * Text and secrets reduced to letters and digits: without case, blanks, line breaks and punctuation, with all escapes
 * decoded. However a program formats a secret, its letters, or the digits of its bytes, are adjacent in such a text.
 */
import { backslashes, bytes, equals, erased, isPlain, markup, percents, reread, shown } from './readings.ts'
import type { Reading } from './readings.ts'
import { ViewBuilder, lazily, startIn, viewOf } from './view.ts'
import type { View } from './view.ts'

/** Maximum levels of escaping: the last one would need more than a hundred backslashes. */
const mostTimes = 8

/** Anything but letters and digits. */
export const between = /[^0-9A-Za-z\u0080-\uffff]+/g

/** The same, and the prefix of hexadecimal numbers, which bytes can have and the forms of a secret do not. */
const betweenNumbers = /(?:[^0-9A-Za-z\u0080-\uffff]|(?<![0-9A-Za-z])0[xX](?=[0-9A-Fa-f]{2}))+/g
const prefix = /(?<![0-9A-Za-z])0[xX][0-9A-Fa-f]{2}/

/** Bytes in quoted-printable; a single one is usually the end of a name and the beginning of its value. */
const mail = /(?:=[\dA-F]{2}){2}|=\r?\n/

/** The bytes in a line of xxd, hexdump or od: in groups of four or two digits, followed by text. */
const bytesOfLine =
  /^[\da-f]{6,16}:?[ \t]+(?:((?:[\da-f]{4} )*[\da-f]{2,4})(?: {2,}.*)?|((?:[\da-f]{2} {1,2})*[\da-f]{2})(?: +\|.*)?)$/

/** Lines of dumps without their addresses. If something is found in a line, the complete line is hidden. */
const dump: Reading = {
  begins: /^[\da-f]{1,16}(?::?[ \t]|:?$)/m,
  pattern: /^[\da-f]{6,16}:?[ \t].*$/gm,
  read: (line) => {
    const [, four, two] = bytesOfLine.exec(line) ?? []
    return four ?? two ?? line.replace(/^\S+/, '')
  },
  unfinishedIn: (text) => {
    const at = text.lastIndexOf('\n') + 1
    return /^[\da-f]{1,16}(?::?[ \t]|:?$)/.test(text.slice(at, at + 20)) ? at : text.length
  },
}

/** The same in a text that begins within a line: what it begins with is not an address. */
const dumpAfterLine: Reading = {
  ...dump,
  begins: /\n[\da-f]{1,16}(?::?[ \t]|:?$)/m,
  pattern: /(?<=\n)[\da-f]{6,16}:?[ \t].*$/gm,
  unfinishedIn: (text) => (text.includes('\n') ? dump.unfinishedIn?.(text) : undefined) ?? text.length,
}

/** Lower case. A capital sigma becomes one of two letters, depending on its position: both become the usual one. */
const lower = (text: string): string => {
  const small = text.toLowerCase().replaceAll('ς', 'σ')
  return small.length === text.length ? small : text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** At the end of an unfinished text: a digit that can be the prefix of a hexadecimal number. */
const unfinished = /(?<![0-9A-Za-z])0[xX]?[0-9A-Fa-f]?$/

/** The beginning of a view without what matches the pattern. */
const without = (pattern: RegExp, from: View, { size, open }: { size: number; open: number }): View => {
  const body = from.text.slice(0, size)
  return lazily(lower(body.replace(pattern, '')), open, () => {
    const builder = new ViewBuilder(from)
    let at = 0
    for (const match of body.matchAll(pattern)) {
      builder.keep(at, match.index)
      at = match.index + match[0].length
    }
    builder.keep(at, size)
    return builder.done(open)
  })
}

/** A view without the characters between letters and digits. */
const compact = (from: View): View => without(between, from, { size: from.text.length, open: from.open })

/** A view of hexadecimal numbers also without their prefixes; undefined if there is none. */
const compactNumbers = (from: View, goesOn: boolean): View | undefined => {
  const end = goesOn ? from.text.slice(-4).search(unfinished) : -1
  if (end < 0)
    return prefix.test(from.text)
      ? without(betweenNumbers, from, { size: from.text.length, open: from.open })
      : undefined
  const size = Math.max(0, from.text.length - 4) + end
  return without(betweenNumbers, from, { size, open: Math.min(from.open, startIn(from, size)) })
}

/** Views after each reading, with escapes decoded once, twice, and so on, until there are none. */
const steps = (from: View, readings: readonly Reading[], goesOn: boolean): View[] => {
  const views: View[] = []
  let view = from
  for (let times = 0; times < mostTimes; times += 1) {
    const before = view
    for (const reading of readings) {
      const next = reread(view, reading, goesOn)
      if (next === undefined) continue
      view = next
      views.push(view)
    }
    if (view === before) break
  }
  return views
}

/** All escapes that are decoded, repeatedly, before letters are compared. */
const escapes: readonly Reading[] = [shown, backslashes, percents, markup, bytes]

const resolved = (from: View, readings: readonly Reading[], goesOn: boolean): View =>
  steps(from, readings, goesOn).at(-1) ?? from

/**
 * A text with its escapes decoded once, twice, and so on, such as text within JSON within JSON; also with one kind of them
 * decoded, because the secret can have letters that look like another.
 */
export const resolvedOnceAndMore = (from: View, goesOn: boolean): View[] => steps(from, escapes, goesOn)

/**
 * The views of a text that are reduced to letters and digits.
 *
 * @param withinLine whether the text begins within a line.
 */
export const looseViews = (text: string, goesOn: boolean, withinLine: boolean): View[] => {
  const plain = viewOf(text)
  // also before each kind of escape is decoded: the secret can have letters that look escaped
  const literal = reread(plain, shown, goesOn) ?? plain
  const read = [literal, ...steps(literal, escapes, goesOn)]
  const views = [
    ...read,
    ...read.flatMap((one) => reread(one, withinLine ? dumpAfterLine : dump, goesOn) ?? []),
  ]
  if (mail.test(text)) views.push(resolved(plain, [equals, ...escapes], goesOn))
  const corrected = erased(plain)
  if (corrected !== undefined) views.push(resolved(corrected, escapes, goesOn))
  return views.flatMap((one) => {
    const numbers = compactNumbers(one, goesOn)
    return numbers === undefined ? [compact(one)] : [compact(one), numbers]
  })
}

/** A text reduced to letters and digits, with its escapes decoded, or `literally`. */
export const looseOf = (text: string, literally = false): string =>
  isPlain(text)
    ? lower(text.replaceAll(between, ''))
    : compact(resolved(viewOf(text), literally ? [shown] : escapes, false)).text
