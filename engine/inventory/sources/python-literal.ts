/**
 * Python literals, for values in INI files: Ansible parses each with `ast.literal_eval`, and reads other values as text
 * (https://docs.python.org/3/library/ast.html#ast.literal_eval).
 */
import type { Place } from '../../errors.ts'
import { Scalar, isTemplate } from '../scalar.ts'
import { textsOf } from '../scalar-tree.ts'

/** The value of a literal, and the same with a `Scalar` for each number and each template. */
export interface Literal {
  readonly value: unknown
  readonly written: unknown
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const unescape = (text: string): string =>
  text.replaceAll(
    /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/g,
    (escape, octal?: string, byte?: string, short?: string, long?: string, letter?: string) => {
      const hex = byte ?? short ?? long
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      return escapes[letter ?? ''] ?? escape
    },
  )

const numberPattern =
  /[+-]?[ \t]*(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?[eE][+-]?\d(?:_?\d)*|\d(?:_?\d)*\.|\d(?:_?\d)*)(?![\w.])/y

/** A number or text with its place. */
const scalar = (text: string, value: number | bigint | boolean | string, place: Place): Literal => {
  const template = typeof value === 'string' && isTemplate(value)
  if (typeof value === 'string' && !template) return { value, written: value }
  const written = new Scalar({ text, value, template, place })
  return { value: written.plain, written }
}

/** The value of a number: integers beyond 2^53 are bigints. */
const sizeOf = (digits: string): number | bigint => {
  const size = Number(digits)
  return Number.isInteger(size) &&
    !Number.isSafeInteger(size) &&
    !/[.eE]/.test(digits.replace(/^0[xX].*/, ''))
    ? BigInt(digits)
    : size
}

const numberOf = (text: string, place: Place): Literal | undefined => {
  const plain = text.replaceAll(/[_ \t]/g, '')
  const digits = plain.replace(/^[+-]/, '')
  // 0644 is not a literal in Python 3: Ansible reads it as text
  if (/^0\d*[1-9]\d*$/.test(digits)) return undefined
  const size = sizeOf(digits)
  return scalar(plain, plain.startsWith('-') ? -size : size, place)
}

/** The name of a key: integers and None as Python prints them, other numbers as written. */
const nameOfKey = ({ value, written }: Literal): string => {
  if (value === null) return 'None'
  if (written instanceof Scalar && (typeof written.value === 'bigint' || Number.isInteger(written.value)))
    return /^[+-]?(?:\d+$|0[xob])/i.test(written.text) ? String(written.value) : written.text
  return String(textsOf(written))
}

const words: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null }

const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' }

/** Thrown to stop parsing; caught in {@link pythonLiteral}. */
const none = Symbol('no literal')

const parser = (text: string, place: Place) => {
  let at = 0
  const blank = (): void => {
    while (/[ \t]/.test(text[at] ?? '')) at += 1
  }
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const [found] = pattern.exec(text) ?? []
    if (found !== undefined) at += found.length
    return found
  }
  const string = (): Literal | undefined => {
    let joined: string | undefined
    for (;;) {
      const found = take(/(?:[rR]|[bB]|[uU]|[rR][bB]|[bB][rR])?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/y)
      if (found === undefined) return joined === undefined ? undefined : scalar(joined, joined, place)
      const [, prefix = '', inside = ''] = /^([a-z]*).([\s\S]*).$/i.exec(found) ?? []
      joined = `${joined ?? ''}${/r/i.test(prefix) ? inside : unescape(inside)}`
      blank()
    }
  }
  /** Items up to the closing bracket, and whether a comma was seen. */
  const items = <Item>(close: string, item: () => Item): { list: Item[]; comma: boolean } => {
    const list: Item[] = []
    let comma = false
    for (blank(); text[at] !== close; blank()) {
      if (list.length > 0 && !comma) throw none
      list.push(item())
      blank()
      comma = text[at] === ','
      if (comma) at += 1
      else if (text[at] !== close) throw none
    }
    at += 1
    return { list, comma }
  }
  const asList = (list: readonly Literal[]): Literal => ({
    value: list.map(({ value }) => value),
    written: list.map(({ written }) => written),
  })
  const braces = (): Literal => {
    const pair = (): { key: Literal; item: Literal | undefined } => {
      const key = literal()
      blank()
      if (text[at] !== ':') return { key, item: undefined }
      at += 1
      return { key, item: literal() }
    }
    const { list } = items('}', pair)
    if (list.length > 0 && list.every(({ item }) => item === undefined))
      return asList(list.map(({ key }) => key))
    const entries = list.map(({ key, item }) => {
      if (item === undefined) throw none
      return { name: nameOfKey(key), item }
    })
    return {
      value: Object.fromEntries(entries.map(({ name, item }) => [name, item.value])),
      written: Object.fromEntries(entries.map(({ name, item }) => [name, item.written])),
    }
  }
  const bracketed = (): Literal => {
    const open = text[at] ?? ''
    at += 1
    if (open === '{') return braces()
    const { list, comma } = items(closing[open] ?? '', literal)
    const [first] = list
    // parentheses without a comma are not a tuple
    return open === '(' && list.length === 1 && !comma && first !== undefined ? first : asList(list)
  }
  const literal = (): Literal => {
    blank()
    if (/[[({]/.test(text[at] ?? '')) return bracketed()
    // the one call that is a literal: {} is an empty map
    if (take(/set[ \t]*\([ \t]*\)/y) !== undefined) return asList([])
    const quoted = string()
    if (quoted !== undefined) return quoted
    const number = take(numberPattern)
    const read = number === undefined ? undefined : numberOf(number, place)
    if (read !== undefined) return read
    const word = take(/(?:True|False|None)(?!\w)/y)
    if (word === undefined) throw none
    const value = words[word] ?? null
    return value === null ? { value, written: value } : scalar(word, value, place)
  }
  return (): Literal => {
    const first = literal()
    blank()
    const more = [first]
    // 80,443 is a tuple in Python
    let comma = false
    while (text[at] === ',') {
      comma = true
      at += 1
      blank()
      if (at === text.length || text[at] === '#') break
      more.push(literal())
      blank()
    }
    if (at < text.length && text[at] !== '#') throw none
    return comma ? asList(more) : first
  }
}

/**
 * Parses a Python literal; undefined for other text, which Ansible reads as text.
 *
 * @example
 * pythonLiteral('True', place)?.value    // true
 * pythonLiteral('0644', place)           // undefined
 * pythonLiteral("[1, 'a']", place)?.value  // [1, 'a']
 */
export const pythonLiteral = (text: string, place: Place): Literal | undefined => {
  try {
    return parser(text.trim(), place)()
  } catch (error) {
    if (error === none) return undefined
    throw error
  }
}
