/**
 * Values as YAML text that every reader takes for the same, of YAML 1.1 (PyYAML, Go) and of 1.2. Text that one of them reads
 * as something else, such as `no`, `22:22`, `1_000`, a date or `1e3`, is quoted. Pure.
 */
import { parse } from 'yaml'

/** Text that looks like a number, a time or a date to some reader; names of versions and addresses are none. */
const likeNumber = (text: string): boolean =>
  /^[-+.]*\d/.test(text) && !/^\d+(?:\.\d+){2,3}(?:\/\d+)?$/.test(text) && !/^\d+[g-wyzG-WYZ]\w*$/.test(text)

const words = /^(?:y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?\.(?:inf|nan))$/i

const readsAs = (text: string, version: '1.1' | '1.2'): boolean => {
  try {
    return parse(text, { version, logLevel: 'silent' }) === text
  } catch {
    return false
  }
}

/** Whether a text can stand without quotes. */
const isPlain = (text: string, flow: boolean): boolean =>
  /^[\w/.][\w/.@%+=~,:;()$^*&|<> -]*$/.test(text) &&
  !/:(?:\s|$)|\s[#&*|<>]|\s$|^(?:---|\.\.\.)/.test(text) &&
  !(flow && /[,:]/.test(text)) &&
  !words.test(text) &&
  !likeNumber(text) &&
  readsAs(text, '1.2') &&
  readsAs(text, '1.1')

/** In double quotes, as JSON has it, with an escape for what a reader may take for a line break or refuse. */
const doubleQuoted = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u{7F}-\u{9F}\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{FFFF}]/gu,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** How the text that was there is written. */
export type Quotes = 'plain' | 'single' | 'double'

/** A text as a scalar; in the quotes given, where they can hold it. */
export const textScalar = (text: string, quotes: Quotes = 'plain', flow = false): string => {
  // what is printable, in one line
  if (
    quotes === 'single' &&
    /^[\u{20}-\u{7E}\u{A0}-\u{2027}\u{202A}-\u{D7FF}\u{E000}-\u{FEFE}]*$/u.test(text)
  )
    return `'${text.replaceAll("'", "''")}'`
  return quotes === 'plain' && isPlain(text, flow) ? text : doubleQuoted(text)
}

/** A number; one with an exponent has a dot and a sign, without which YAML 1.1 reads text. */
const numberScalar = (value: number): string => {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  if (Object.is(value, -0)) return '-0.0'
  return String(value).replace(/^(-?\d+)(\.\d+)?e/, (_, whole: string, part = '.0') => `${whole}${part}e`)
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The entries of a map that are something. */
const entriesOf = (value: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(value).filter(([, inner]) => inner !== undefined)

/** Whether a value has lines of its own below its key. */
export const isBlock = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isRecord(value) && entriesOf(value).length > 0

/** A value in one line. */
export const flowText = (value: unknown, quotes: Quotes = 'plain', flow = true): string => {
  if (typeof value === 'string') return textScalar(value, quotes, flow)
  if (typeof value === 'number') return numberScalar(value)
  if (Array.isArray(value)) return `[${value.map((item) => flowText(item)).join(', ')}]`
  if (isRecord(value))
    return `{${entriesOf(value)
      .map(([key, inner]) => `${textScalar(key, 'plain', true)}: ${flowText(inner)}`)
      .join(', ')}}`
  return typeof value === 'boolean' ? String(value) : 'null'
}

/** How a file indents. */
export interface Layout {
  /** Blanks of a level. */
  readonly step: number
  /** Whether lists stand further in than the key above them. */
  readonly indentLists: boolean
}

/** The column of a value below a key that is in this column. */
export const childColumn = (value: unknown, column: number, { step, indentLists }: Layout): number =>
  Array.isArray(value) && !indentLists ? column : column + step

/** A list or map as lines that begin in a column; the first one without its blanks, too. */
export const blockLines = (value: unknown, column: number, layout: Layout): string[] => {
  const indent = ' '.repeat(column)
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      if (!isBlock(item)) return [`${indent}- ${flowText(item, 'plain', false)}`]
      const [first = '', ...rest] = blockLines(item, column + 2, layout)
      return [`${indent}- ${first.trimStart()}`, ...rest]
    })
  }
  return entriesOf(isRecord(value) ? value : {}).flatMap(([key, inner]) =>
    entryLines(textScalar(key), inner, column, layout),
  )
}

/** A key and its value as lines that begin in a column. */
export const entryLines = (key: string, value: unknown, column: number, layout: Layout): string[] => {
  const start = `${' '.repeat(column)}${key}:`
  return isBlock(value)
    ? [start, ...blockLines(value, childColumn(value, column, layout), layout)]
    : [`${start} ${flowText(value, 'plain', false)}`]
}
