/** Encodings and escapes of text, and how to decode them. */
import { entities } from './entities.ts'
import { terminalCodes, unfinishedCode } from './terminal-codes.ts'
import { ViewBuilder, lazily, startIn } from './view.ts'
import type { View } from './view.ts'

/** How to decode one kind of escape. */
export interface Reading {
  /** The beginning of every escape; a text without it is not changed. */
  readonly begins: RegExp
  /** What it decodes. */
  readonly pattern: RegExp
  readonly read: (written: string) => string
  /** The offset of an incomplete escape at the end of a text; the length of the text if there is none. */
  readonly unfinishedIn: (text: string) => number
}

/** A text that no reading changes; it can still contain separated bytes and letters. */
const plain = /^[\t\n -$'-<>-[\]_-~]*$/
/** Whether a text has no escapes of any kind. */
export const isPlain = (text: string): boolean => plain.test(text)

/** Searches only the last characters for an incomplete escape, because escapes are short. */
const atEnd =
  (unfinished: RegExp) =>
  (text: string): number => {
    const from = Math.max(0, text.length - 32)
    return from + (unfinished.exec(text.slice(from))?.index ?? text.length - from)
  }

const escape = '\u001b'
const named: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  e: escape,
  '\n': '',
}
const codePoint = (digits: string, radix: number): string => {
  const code = Number.parseInt(digits, radix)
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : ''
}

/**
 * `\n`, `\"`, `\/`, `\u0041`, `\U0001f511`, `\u{41}`, `\x41`, `\101`: JSON, C, shells, YAML, Python. Eight digits
 * follow only a capital U: after `\u`, four are the character, and further digits are text.
 */
export const backslashes: Reading = {
  begins: /\\/,
  pattern:
    /\\(?:[uU]\{0*[\dA-Fa-f]{1,6}\}|U00(?:0[\dA-Fa-f]|10)[\dA-Fa-f]{4}|[uU][\dA-Fa-f]{4}|[xX]\{0*[\dA-Fa-f]{1,6}\}|[xX][\dA-Fa-f]{1,2}|[0-3]?[0-7]{1,2}|[^])/gu,
  read: (written) => {
    const letter = written.slice(1)
    if (letter.length === 1 && !/[0-7]/.test(letter)) return named[letter] ?? letter
    if (/^[0-7]/.test(letter)) return codePoint(letter, 8)
    return letter.length === 1 ? letter : codePoint(letter.replaceAll(/[^\da-f]/gi, ''), 16)
  },
  unfinishedIn: atEnd(
    /(?<=(?:^|[^\\])(?:\\\\)*)\\(?:u\{?[\da-f]{0,16}|U[\da-f]{0,7}|x\{?[\da-f]{0,16}|[0-3]?[0-7]{0,2})$/i,
  ),
}

/** `%41` of URLs, one for each byte, and `%u0041`. */
export const percents: Reading = {
  begins: /%/,
  pattern: /%(?:u[\da-f]{4}|[\da-f]{2})/gi,
  read: (written) => codePoint(written.replace(/^%u?/i, ''), 16),
  unfinishedIn: atEnd(/%(?:u[\da-f]{0,3}|[\da-f]?)$/i),
}

/** `=41` of mail (quoted-printable), and its soft line breaks. */
export const equals: Reading = {
  begins: /=/,
  pattern: /=(?:[\dA-F]{2}|\r?\n)/g,
  read: (written) => (written.endsWith('\n') ? '' : codePoint(written.slice(1), 16)),
  unfinishedIn: atEnd(/=[\dA-F\r]?$/),
}

/** `&amp;`, `&#65;`, `&#x41;`: HTML and XML. */
export const markup: Reading = {
  begins: /&/,
  pattern: /&(?:#0*\d{1,7}|#x0*[\da-f]{1,6}|[a-z]{2,7});?/gi,
  read: (written) => {
    const [, hex, decimal, name = ''] = /^&(?:#x([\da-f]+)|#(\d+)|([a-z]+));?$/i.exec(written) ?? []
    if (hex !== undefined) return codePoint(hex, 16)
    return decimal === undefined ? (entities[name.toLowerCase()] ?? written) : codePoint(decimal, 10)
  },
  unfinishedIn: atEnd(/&(?:#x?[\da-f]{0,16}|[a-z]{0,7})$/i),
}

/** UTF-8 bytes that were decoded as Latin-1, as escapes of single bytes are. */
export const bytes: Reading = {
  begins: /[\u0080-\u00bf]/,
  pattern:
    /[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}/g,
  read: (written) => Buffer.from(written, 'latin1').toString(),
  unfinishedIn: atEnd(/[\u00c2-\u00f4][\u0080-\u00bf]{0,2}$/),
}

/**
 * Removes what terminals do not show: their codes, control characters, zero-width characters. Letters of other widths
 * and shapes become plain ones.
 */
export const shown: Reading = {
  begins: /[^\t\n -~]|\^/,
  pattern: new RegExp(`${terminalCodes}|\\^@|[\\x0b-\\x0d]|[\\u{80}-\\u{10ffff}]`, 'gu'),
  read: (written) =>
    written < '\u0080' || /^[\p{Cc}\p{Cf}\ufe00-\ufe0f]/u.test(written) ? '' : written.normalize('NFKD'),
  unfinishedIn: (text) => {
    const code = unfinishedCode(text)
    return code === text.length && /[\ud800-\udbff^]$/.test(text) ? code - 1 : code
  },
}

/** A view of a view; undefined if there is nothing to decode. */
export const reread = (
  from: View,
  { begins, pattern, read, unfinishedIn }: Reading,
  goesOn: boolean,
): View | undefined => {
  if (!begins.test(from.text)) return undefined
  const end = goesOn ? unfinishedIn(from.text) : from.text.length
  const body = end < from.text.length ? from.text.slice(0, end) : from.text
  const text = body.replace(pattern, (written) => read(written))
  if (text === from.text) return undefined
  const open = end < from.text.length ? Math.min(from.open, startIn(from, end)) : from.open
  return lazily(text, open, () => {
    const builder = new ViewBuilder(from)
    let at = 0
    for (const match of body.matchAll(pattern)) {
      const letters = read(match[0])
      if (letters === match[0]) continue
      const next = match.index + match[0].length
      builder.keep(at, match.index)
      builder.put(letters, match.index, next)
      at = next
    }
    builder.keep(at, end)
    return builder.done(open)
  })
}

/** A view without backspaces and the characters before them; undefined if there are none. */
export const erased = (from: View): View | undefined => {
  const { text } = from
  if (!text.includes('\b')) return undefined
  const kept: number[] = []
  for (let at = 0; at < text.length; at += 1)
    if (text[at] !== '\b') kept.push(at)
    else if (/[\udc00-\udfff]/.test(text[kept.pop() ?? 0] ?? '')) kept.pop()
  const builder = new ViewBuilder(from)
  for (const at of kept) builder.keep(at, at + 1)
  return builder.done(from.open)
}
