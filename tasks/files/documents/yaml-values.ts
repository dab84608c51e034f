/**
 * Values as YAML text that readers of YAML 1.1 (PyYAML, Go) and of YAML 1.2 read in the same way. Text that one of them
 * reads as another type, such as `no`, `22:22`, `1_000`, a date or `1e3`, is quoted. Pure.
 */
import { parse } from 'yaml'

/** Whether some reader could take a text for a number, a time or a date. Versions and addresses are excluded. */
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

/** Whether a text can be written without quotes. */
const isPlain = (text: string, flow: boolean): boolean =>
  /^[\w/.][\w/.@%+=~,:;()$^*&|<> -]*$/.test(text) &&
  !/:(?:\s|$)|\s[#&*|<>]|\s$|^(?:---|\.\.\.)/.test(text) &&
  !(flow && /[,:]/.test(text)) &&
  !words.test(text) &&
  !likeNumber(text) &&
  readsAs(text, '1.2') &&
  readsAs(text, '1.1')

/** A text in double quotes, as in JSON, with escapes for characters that a reader refuses or takes for a line break. */
const doubleQuoted = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u{7F}-\u{9F}\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{FFFF}]/gu,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The quotes of the old text. */
export type Quotes = 'plain' | 'single' | 'double'

/** A text as a scalar, in the given quotes if they can contain it. */
export const textScalar = (text: string, quotes: Quotes = 'plain', flow = false): string => {
  // printable text on one line
  if (
    quotes === 'single' &&
    /^[\u{20}-\u{7E}\u{A0}-\u{2027}\u{202A}-\u{D7FF}\u{E000}-\u{FEFE}]*$/u.test(text)
  )
    return `'${text.replaceAll("'", "''")}'`
  return quotes === 'plain' && isPlain(text, flow) ? text : doubleQuoted(text)
}

/** A number. A dot and a sign are added to an exponent, because YAML 1.1 reads it as text otherwise. */
const numberScalar = (value: number): string => {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  if (Object.is(value, -0)) return '-0.0'
  return String(value).replace(/^(-?\d+)(\.\d+)?e/, (_, digits: string, part = '.0') => `${digits}${part}e`)
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The entries of a map that have a value. */
const entriesOf = (value: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(value).filter(([, inner]) => inner !== undefined)

/** Whether a value has its own lines below its key. */
export const isBlock = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isRecord(value) && entriesOf(value).length > 0

/** A value on one line. */
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

/** The indentation of a file. */
export interface Layout {
  /** Number of blanks per level. */
  readonly step: number
  /** Whether lists are indented further than the key above them. */
  readonly indentLists: boolean
}

/** The column of a value whose key is in this column. */
export const childColumn = (value: unknown, column: number, { step, indentLists }: Layout): number =>
  Array.isArray(value) && !indentLists ? column : column + step

/** A list or map as lines that begin in a column. The first line is indented too. */
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
