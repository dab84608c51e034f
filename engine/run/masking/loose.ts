/**
 * Text and secrets as their letters and digits alone: without case, blanks, line breaks and punctuation, with every escape
 * resolved. However a program sets a secret, its letters follow each other in such a text; so do the digits of its bytes.
 */
import { backslashes, bytes, equals, erased, markup, percents, reread, shown } from './readings.ts'
import type { Reading } from './readings.ts'
import { ViewBuilder, lazily, startIn, whole } from './view.ts'
import type { View } from './view.ts'

/** A text may be escaped so many times: the last of them would need more than a hundred backslashes. */
const mostTimes = 8

/** What is neither letter nor digit, and what only says that a number is hexadecimal. */
export const between = /(?:[^0-9A-Za-z\u0080-\uffff]|(?<![0-9A-Za-z])0x(?=[0-9A-Fa-f]{2}))+/g

/** Mail writes bytes so; a single one is the end of a name and the beginning of its value. */
const mail = /(?:=[\dA-F]{2}){2}|=\r?\n/

/** The bytes of a line of xxd, hexdump or od: in groups of four digits or two, and letters after them. */
const bytesOfLine =
  /^[\da-f]{6,16}:?[ \t]+(?:((?:[\da-f]{4} )*[\da-f]{2,4})(?: {2,}.*)?|((?:[\da-f]{2} {1,2})*[\da-f]{2})(?: +\|.*)?)$/

/** Lines of dumps without the addresses before them. A line in which something is found is hidden as a whole. */
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

/** A capital sigma becomes one of two letters, by what stands around it: both are read as the usual one. */
const lower = (text: string): string => {
  const small = text.toLowerCase().replaceAll('ς', 'σ')
  return small.length === text.length ? small : text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** At the end of a text that goes on: a digit that may only say that a number is hexadecimal. */
const unfinished = /(?<![0-9A-Za-z])0x?[0-9A-Fa-f]?$/

/** A view without what stands between letters and digits. */
const compact = (from: View, goesOn: boolean): View => {
  const end = goesOn ? from.text.slice(-4).search(unfinished) : -1
  const size = end < 0 ? from.text.length : Math.max(0, from.text.length - 4) + end
  const body = from.text.slice(0, size)
  const open = end < 0 ? from.open : Math.min(from.open, startIn(from, size))
  return lazily(lower(body.replace(between, '')), open, () => {
    const builder = new ViewBuilder(from)
    let at = 0
    for (const match of body.matchAll(between)) {
      builder.keep(at, match.index)
      at = match.index + match[0].length
    }
    builder.keep(at, size)
    return builder.done(open)
  })
}

/** A view with its escapes resolved: once, then once more, as long as there are any. */
const levels = (from: View, readings: readonly Reading[], goesOn: boolean): View[] => {
  const views: View[] = []
  let view = from
  for (let times = 0; times < mostTimes; times += 1) {
    const before = view
    for (const reading of readings) view = reread(view, reading, goesOn) ?? view
    if (view === before) break
    views.push(view)
  }
  return views
}

/** All that is resolved, again and again, before letters are compared. */
const escapes: readonly Reading[] = [shown, backslashes, percents, markup, bytes]

const resolved = (from: View, readings: readonly Reading[], goesOn: boolean): View =>
  levels(from, readings, goesOn).at(-1) ?? from

/** A text with its escapes resolved once, twice, and so on: text within JSON within JSON, for one. */
export const resolvedOnceAndMore = (from: View, goesOn: boolean): View[] => levels(from, escapes, goesOn)

/** The views of a text as letters and digits alone. */
export const looseViews = (text: string, goesOn: boolean): View[] => {
  const plain = whole(text)
  const view = resolved(plain, escapes, goesOn)
  const views = [view]
  if (mail.test(text)) views.push(resolved(plain, [equals, ...escapes], goesOn))
  const dumped = reread(view, dump, goesOn)
  if (dumped !== undefined) views.push(dumped)
  const corrected = erased(plain)
  if (corrected !== undefined) views.push(resolved(corrected, escapes, goesOn))
  return views.map((one) => compact(one, goesOn))
}

/** A text as its letters and digits alone, with its escapes resolved, or with none of them. */
export const looseOf = (text: string, literally = false): string =>
  compact(resolved(whole(text), literally ? [shown] : escapes, false), false).text
