/**
 * Text and secrets as their letters and digits alone: without case, blanks, line breaks and punctuation, with every escape
 * resolved. However a program sets a secret, its letters follow each other in such a text; so do the digits of its bytes.
 */
import { backslashes, equals, markup, percents, reread, shown } from './readings.ts'
import type { Reading } from './readings.ts'
import { ViewBuilder, lazily, startIn, whole } from './view.ts'
import type { View } from './view.ts'

/** A text may be escaped so many times. */
const mostTimes = 4

/** What is neither letter nor digit, and what only says that a number is hexadecimal. */
const between = /(?:[^0-9A-Za-z\u0080-\uffff]|(?<![0-9A-Za-z])0x(?=[0-9A-Fa-f]{2}))+/g

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

const lower = (text: string): string => {
  const small = text.toLowerCase()
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

const resolved = (from: View, readings: readonly Reading[], goesOn: boolean): View => {
  let view = from
  for (let times = 0; times < mostTimes; times += 1) {
    const before = view
    for (const reading of readings) view = reread(view, reading, goesOn) ?? view
    if (view === before) break
  }
  return view
}

const escapes = [shown, backslashes, percents, markup]

/** The views of a text as letters and digits alone. */
export const looseViews = (text: string, goesOn: boolean): View[] => {
  const plain = whole(text)
  const view = resolved(plain, escapes, goesOn)
  const views = [view]
  if (mail.test(text)) views.push(resolved(plain, [equals, ...escapes], goesOn))
  const bytes = reread(view, dump, goesOn)
  if (bytes !== undefined) views.push(bytes)
  return views.map((one) => compact(one, goesOn))
}

const looseOf = (text: string, readings = escapes): string =>
  compact(resolved(whole(text), readings, false), false).text

/** What is certain of some bytes in base32: letters hold five bits, so there are five ways to begin. */
const inBase32 = (bytes: Buffer): string[] => {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return [0, 1, 2, 3, 4].map((skipped) =>
    (bits.slice(skipped).match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join(''),
  )
}

/** Whether letters are no ordinary word or number, however they are set. */
const isTelling = (text: string): boolean =>
  text.length >= (/\d/.test(text) ? (/[a-z]/.test(text) ? 6 : 8) : 10)

/** Whether a secret can be looked for by its letters and digits. */
export const isLoose = (secret: string): boolean => isTelling(looseOf(secret))

/** Fewer digits of bytes are a number like many. */
const fewestDigits = 8
/** From so many letters on a secret is looked for without its first or last one too. */
const longEnough = 10

/**
 * A secret as it stands in {@link looseViews}: itself, without one of its ends, backwards, and its bytes in the digits that
 * programs write them in.
 *
 * @param inBase64 what is certain of bytes in base64.
 */
export const looseForms = (secret: string, inBase64: (bytes: Buffer) => string[]): string[] => {
  const text = looseOf(secret)
  // where its letters stand apart, escapes in it are none; bytes that are written as numbers are read as letters
  const others = [looseOf(secret, [shown]), looseOf(Buffer.from(secret).toString('latin1'))].filter(isTelling)
  const bytes = Buffer.from(secret)
  const wide = Buffer.from(secret, 'utf16le')
  const once = inBase64(bytes)
  const numbers = [10, 8].flatMap((radix) => [
    [...bytes].map((byte) => byte.toString(radix)).join(''),
    [...bytes].map((byte) => byte.toString(radix).padStart(3, '0')).join(''),
  ])
  const encoded = [
    bytes.toString('hex'),
    wide.toString('hex').slice(0, -2),
    ...numbers,
    ...once,
    ...inBase64(wide),
    ...once.flatMap((form) => inBase64(Buffer.from(form))),
    ...inBase32(bytes),
  ].map((form) => form.replace(between, '').toLowerCase())
  const backwards = looseOf(Array.from(secret).toReversed().join(''))
  const cut =
    text.length < longEnough ? [] : [secret.slice(1), secret.slice(0, -1)].map((part) => looseOf(part))
  return [
    ...others,
    ...[text, backwards, ...cut].filter(isTelling),
    ...encoded.filter((form) => form.length >= fewestDigits),
  ]
}
