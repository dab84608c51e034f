/**
 * Edits of a TOML file that change one value and no other byte. Pure.
 *
 * It reads what programs and people write as containerd's configuration: tables with headers, and keys with values below them. Values in dotted
 * keys and inline tables are not found; containerd judges the result before it is used.
 */

/** A line of a file. A value of several lines is one of them. */
interface Line {
  readonly kind: 'header' | 'key' | 'other'
  /** The table that a header begins, or in which the key is; undefined in a list of tables. */
  readonly table: readonly string[] | undefined
  /** The key; empty for other lines. */
  readonly key: string
  /** Up to the value. */
  readonly before: string
  readonly value: string
  /** After the value, with the end of the line. */
  readonly after: string
}

const part = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+))\s*/y

/** The parts of a key; undefined if it is not one. */
const partsOf = (text: string): string[] | undefined => {
  const parts: string[] = []
  let at = 0
  for (;;) {
    part.lastIndex = at
    const found = part.exec(text)
    if (found === null) return undefined
    parts.push(found[1] ?? found[2] ?? found[3] ?? '')
    at = part.lastIndex
    if (at === text.length) return parts
    if (text[at] !== '.') return undefined
    at += 1
  }
}

const quotes = ['"""', "'''", '"', "'"] as const

/** Where a quoted text ends, from its first character on; the length of the text if it does not end. */
const endOfText = (text: string, from: number): number => {
  const quote = quotes.find((one) => text.startsWith(one, from)) ?? '"'
  for (let at = from + quote.length; at < text.length; at += 1) {
    if (quote.startsWith('"') && text[at] === '\\') at += 1
    else if (text.startsWith(quote, at)) return at + quote.length
  }
  return text.length
}

/** Where a value ends. */
const endOfValue = (text: string, from: number): number => {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const one = text[at] ?? ''
    if (one === '"' || one === "'") at = endOfText(text, at) - 1
    else if (one === '[' || one === '{') depth += 1
    else if (one === ']' || one === '}') depth -= 1
    else if (one === '#') {
      if (depth === 0) return at
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (one === '\n' && depth === 0) return at
  }
  return text.length
}

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end + 1
}

const keyStart = /^([ \t]*)((?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+))([ \t]*=[ \t]*)/
const headerLine = /^[ \t]*\[([^[\]\n]*)\][ \t]*(?:#.*)?\r?$/

const linesOf = (text: string): Line[] => {
  const lines: Line[] = []
  let table: readonly string[] | undefined = []
  for (let at = 0; at < text.length;) {
    const end = lineEnd(text, at)
    const line = text.slice(at, end)
    const isHeader = /^[ \t]*\[/.test(line)
    const [start = '', , key = ''] = keyStart.exec(line) ?? []
    if (isHeader) {
      // of a list of tables, or with brackets in a name: what is below is not found
      const [, name] = headerLine.exec(line.replace(/\n$/, '')) ?? []
      table = name === undefined ? undefined : partsOf(name)
      lines.push({ kind: 'header', table, key: '', before: line, value: '', after: '' })
      at = end
    } else if (start === '') {
      lines.push({ kind: 'other', table, key: '', before: line, value: '', after: '' })
      at = end
    } else {
      const from = at + start.length
      const until = endOfValue(text, from)
      const next = lineEnd(text, until)
      const value = text.slice(from, until).trimEnd()
      lines.push({
        kind: 'key',
        table,
        key: partsOf(key)?.[0] ?? key,
        before: start,
        value,
        after: text.slice(from + value.length, next),
      })
      at = next
    }
  }
  return lines
}

const isSame = (one: readonly string[] | undefined, other: readonly string[]): boolean =>
  one !== undefined && one.length === other.length && one.every((name, index) => name === other[index])

/** A value of a TOML file. */
export type TomlValue = string | boolean | number | readonly string[]

const literal = (value: TomlValue): string =>
  typeof value === 'object'
    ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]`
    : JSON.stringify(value)

const quoted = /"((?:[^"\\]|\\.)*)"|'([^']*)'/g

/** The texts in a value: one, or those of a list. */
const textsIn = (value: string): string[] =>
  [...value.matchAll(quoted)].map(([, double, single]) => double?.replaceAll(/\\(.)/g, '$1') ?? single ?? '')

/** A value that was read: a text, the texts of a list, or what is written. */
export interface ReadValue {
  readonly written: string
  readonly texts: readonly string[]
}

/**
 * Reads a value.
 *
 * @param table the names of its table; none for the top of the file.
 */
export const tomlValue = (text: string, table: readonly string[], key: string): ReadValue | undefined => {
  const line = linesOf(text).find((one) => one.kind === 'key' && one.key === key && isSame(one.table, table))
  return line && { written: line.value, texts: textsIn(line.value) }
}

/** Whether a file has any table. */
export const hasTables = (text: string): boolean => linesOf(text).some(({ kind }) => kind === 'header')

const header = (table: readonly string[]): string =>
  `[${table.map((name) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name))).join('.')}]`

const textOf = ({ before, value, after }: Line): string => before + value + after

/** The mark at the beginning of a file in UTF-8 of some editors. */
const byteOrderMark = '\u{FEFF}'

/** How lines of a text end. */
const lineBreakOf = (text: string): string => /\r?\n/.exec(text)?.[0] ?? '\n'

const indentOf = (text: string): string => /^[ \t]*/.exec(text)?.[0] ?? ''

/**
 * Sets a value. What is written beside and around it stays.
 *
 * @param table the names of its table; none for the top of the file.
 */
export const withTomlValue = (
  text: string,
  table: readonly string[],
  key: string,
  value: TomlValue,
): string => {
  if (text.startsWith(byteOrderMark))
    return byteOrderMark + withTomlValue(text.slice(byteOrderMark.length), table, key, value)
  const lines = linesOf(text)
  const there = lines.findIndex((one) => one.kind === 'key' && one.key === key && isSame(one.table, table))
  if (there >= 0)
    return lines
      .map((line, index) => textOf(index === there ? { ...line, value: literal(value) } : line))
      .join('')
  const end = lineBreakOf(text)
  const written = `${key} = ${literal(value)}${end}`
  if (table.length === 0) return written + text
  const closed = (line: string): string => (line === '' || line.endsWith('\n') ? line : line + end)
  const head = lines.findIndex((one) => one.kind === 'header' && isSame(one.table, table))
  if (head < 0) return `${closed(text)}${text === '' ? '' : end}${header(table)}${end}  ${written}`
  const first = lines[head + 1]
  const indent = first?.kind === 'key' ? indentOf(first.before) : `${indentOf(lines[head]?.before ?? '')}  `
  return lines
    .map((line, index) => (index === head ? `${closed(textOf(line))}${indent}${written}` : textOf(line)))
    .join('')
}
