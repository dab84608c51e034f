/** The methods of text, as in Python. */
import { Fault } from './fault.ts'
import { formatBraces } from './format-braces.ts'
import { flagArgument, listOf, needed, numberArgument, textArgument, texts } from './library.ts'
import type { Machine } from './machine.ts'
import { takes } from './signature.ts'
import type { Signed } from './signature.ts'
import { List, Num } from './values.ts'
import type { Args, Value } from './values.ts'

/** A method. */
export type Method<Of> = ((value: Of, args: Args, machine: Machine) => Value) & Signed

/** Methods by name. */
export type Methods<Of> = Readonly<Record<string, Method<Of>>>

const escaped = (text: string): string => text.replaceAll(/[\\\]^-]/g, '\\$&')

const stripped = (text: string, characters: string | undefined, sides: 'both' | 'start' | 'end'): string => {
  const set = characters === undefined ? '\\s' : escaped(characters)
  if (set === '') return text
  const left = sides === 'end' ? text : text.replace(new RegExp(`^[${set}]+`), '')
  if (sides === 'start') return left
  // from the end by hand: an expression with $ would try each position
  const end = new RegExp(`[${set}]`)
  let length = left.length
  while (length > 0 && end.test(left.charAt(length - 1))) length -= 1
  return left.slice(0, length)
}

const strip = (sides: 'both' | 'start' | 'end'): Method<string> =>
  takes('/chars', (text, args, machine) => stripped(text, textArgument(machine, args, 0, 'chars'), sides))

/** The parts of a text; at most some of them, the rest is one part. */
export const splitText = (text: string, separator: string | undefined, most: number): string[] => {
  if (separator === '') throw new Fault('split needs a separator that is not empty')
  if (separator === undefined) {
    const parts = text.trim() === '' ? [] : text.trim().split(/\s+/)
    if (most < 0 || parts.length <= most + 1) return parts
    let rest = text.trimStart()
    for (let count = 0; count < most; count += 1) rest = rest.replace(/^\S+\s+/, '')
    return [...parts.slice(0, most), rest]
  }
  const parts = text.split(separator)
  return most < 0 || parts.length <= most + 1
    ? parts
    : [...parts.slice(0, most), parts.slice(most).join(separator)]
}

/** The same from the end. */
const splitFromEnd = (text: string, separator: string | undefined, most: number): string[] => {
  const parts = splitText(text, separator, -1)
  if (most < 0 || parts.length <= most + 1) return parts
  const cut = parts.length - most
  return [parts.slice(0, cut).join(separator ?? ' '), ...parts.slice(cut)]
}

const split = (how: typeof splitText): Method<string> =>
  takes('sep maxsplit', (text, args, machine) =>
    texts(
      machine,
      how(text, textArgument(machine, args, 0, 'sep'), numberArgument(machine, args, 1, 'maxsplit') ?? -1),
    ),
  )

/** The characters of a text that the arguments start and end choose, and where they begin. */
const chosen = (
  text: string,
  args: Args,
  machine: Machine,
): { readonly letters: readonly string[]; readonly from: number } => {
  const letters = Array.from(text)
  const bound = (position: number, name: string, usual: number): number => {
    const given = numberArgument(machine, args, position, name) ?? usual
    return given < 0 ? Math.max(0, letters.length + given) : given
  }
  const from = bound(1, 'start', 0)
  return { letters: letters.slice(from, bound(2, 'end', letters.length)), from }
}

const startsOrEnds = (what: 'startsWith' | 'endsWith'): Method<string> =>
  takes('/prefix /start /end', (text, args, machine) => {
    const wanted = machine.reveal(needed(args, 0, 'prefix', what.toLowerCase()))
    const all = wanted instanceof List ? wanted.values() : [wanted]
    const { letters, from } = chosen(text, args, machine)
    const part = letters.join('')
    return from <= Array.from(text).length && all.some((one) => part[what](machine.text(one)))
  })

/** Where a text contains another: the first or last place, in characters; -1 for none. */
const placeOf = (name: string, which: 'indexOf' | 'lastIndexOf'): Method<string> =>
  takes('/sub /start /end', (text, args, machine) => {
    const wanted = machine.text(needed(args, 0, 'sub', name))
    const { letters, from } = chosen(text, args, machine)
    const part = letters.join('')
    const at = from > Array.from(text).length ? -1 : part[which](wanted)
    if (at < 0 && name.endsWith('index')) throw new Fault(`${name}: the text does not have the part`)
    return new Num(at < 0 ? -1 : from + Array.from(part.slice(0, at)).length)
  })

const partition = (from: 'start' | 'end'): Method<string> =>
  takes('/sep', (text, args, machine) => {
    const separator = machine.text(needed(args, 0, 'sep', 'partition'))
    const at = from === 'start' ? text.indexOf(separator) : text.lastIndexOf(separator)
    if (at < 0) return texts(machine, from === 'start' ? [text, '', ''] : ['', '', text])
    return texts(machine, [text.slice(0, at), separator, text.slice(at + separator.length)])
  })

const padding = (how: 'start' | 'end' | 'zero'): Method<string> =>
  takes(how === 'zero' ? '/width' : '/width /fillchar', (text, args, machine) => {
    const width = machine.length(numberArgument(machine, args, 0, 'width') ?? 0, 'text')
    if (how === 'zero') {
      const sign = /^[-+]/.exec(text)?.[0] ?? ''
      return sign + text.slice(sign.length).padStart(width - sign.length, '0')
    }
    const fill = textArgument(machine, args, 1, 'fillchar') ?? ' '
    return how === 'start' ? text.padStart(width, fill) : text.padEnd(width, fill)
  })

/** Each word with a capital. */
const titled = (text: string): string =>
  text.toLowerCase().replaceAll(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1))

/** The first letter a capital, the others small. */
export const capitalized = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()

/** A text with a part replaced, at most some times. */
export const replaced = (
  machine: Machine,
  text: string,
  from: string,
  to: string,
  most = Infinity,
): string => {
  if (from === '') {
    // before each character, and at the end
    const letters = Array.from(text)
    const count = Math.min(letters.length + 1, most < 0 ? Infinity : most)
    machine.length(text.length + count * to.length, 'text')
    return [...letters, ''].map((letter, index) => (index < count ? to : '') + letter).join('')
  }
  const parts = text.split(from)
  const count = Math.min(parts.length - 1, most < 0 ? Infinity : most)
  machine.length(text.length + count * to.length, 'text')
  const head = parts.slice(0, count + 1).join(to)
  return [head, ...parts.slice(count + 1)].join(from)
}

/** How often a text contains another. */
const countIn = (text: string, part: string): number =>
  part === '' ? text.length + 1 : text.split(part).length - 1

export const textMethods: Methods<string> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  casefold: (text) => text.toLowerCase().replaceAll('ß', 'ss'),
  title: (text) => titled(text),
  capitalize: (text) => capitalized(text),
  swapcase: (text) =>
    Array.from(text)
      .map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()))
      .join(''),
  strip: strip('both'),
  lstrip: strip('start'),
  rstrip: strip('end'),
  split: split(splitText),
  rsplit: split(splitFromEnd),
  splitlines: takes('keepends', (text, args, machine) => {
    const lines = text.match(/[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+$/g) ?? []
    return texts(
      machine,
      flagArgument(args, 0, 'keepends') ? lines : lines.map((line) => line.replace(/[\r\n]+$/, '')),
    )
  }),
  partition: partition('start'),
  rpartition: partition('end'),
  startswith: startsOrEnds('startsWith'),
  endswith: startsOrEnds('endsWith'),
  replace: takes('/old /new /count', (text, args, machine) =>
    replaced(
      machine,
      text,
      machine.text(needed(args, 0, 'old', 'replace')),
      machine.text(needed(args, 1, 'new', 'replace')),
      numberArgument(machine, args, 2, 'count'),
    ),
  ),
  join: takes('/iterable', (text, args, machine) =>
    machine.bounded(
      listOf(machine, needed(args, 0, 'iterable', 'join'), 'join')
        .map((item) => machine.text(item))
        .join(text),
    ),
  ),
  find: placeOf('find', 'indexOf'),
  rfind: placeOf('rfind', 'lastIndexOf'),
  index: placeOf('index', 'indexOf'),
  rindex: placeOf('rindex', 'lastIndexOf'),
  center: takes('/width /fillchar', (text, args, machine) => {
    const width = machine.length(numberArgument(machine, args, 0, 'width') ?? 0, 'text')
    const fill = textArgument(machine, args, 1, 'fillchar') ?? ' '
    const space = Math.max(0, width - text.length)
    const left = Math.floor(space / 2) + (space & width & 1)
    return fill.repeat(left) + text + fill.repeat(space - left)
  }),
  count: takes(
    '/sub /start /end',
    (text, args, machine) =>
      new Num(
        countIn(chosen(text, args, machine).letters.join(''), machine.text(needed(args, 0, 'sub', 'count'))),
      ),
  ),
  format: takes('* **', (text, args, machine) =>
    machine.bounded(
      formatBraces(machine, text, (key) => (typeof key === 'number' ? args.at(key) : args.named(key))),
    ),
  ),
  zfill: padding('zero'),
  ljust: padding('end'),
  rjust: padding('start'),
  removeprefix: takes('/prefix', (text, args, machine) => {
    const prefix = machine.text(needed(args, 0, 'prefix', 'removeprefix'))
    return text.startsWith(prefix) ? text.slice(prefix.length) : text
  }),
  removesuffix: takes('/suffix', (text, args, machine) => {
    const suffix = machine.text(needed(args, 0, 'suffix', 'removesuffix'))
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  }),
  isdigit: (text) => /^[\p{Nd}²³¹]+$/u.test(text),
  isdecimal: (text) => /^\p{Nd}+$/u.test(text),
  isnumeric: (text) => /^\p{N}+$/u.test(text),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isalnum: (text) => /^[\p{L}\p{N}]+$/u.test(text),
  isspace: (text) => /^\s+$/.test(text),
  isupper: (text) => text !== text.toLowerCase() && text === text.toUpperCase(),
  islower: (text) => text !== text.toUpperCase() && text === text.toLowerCase(),
}
