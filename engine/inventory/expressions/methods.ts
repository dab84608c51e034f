/** The methods of text, lists and maps, as in Python. What changes a value in place is not there. */
import { Fault } from './fault.ts'
import { formatBraces } from './format.ts'
import { needed, numberArgument, textArgument, texts } from './library.ts'
import type { Machine } from './machine.ts'
import { areEqual } from './operators.ts'
import { List, Num } from './values.ts'
import type { Args, Dict, Value } from './values.ts'

type Method<Of> = (value: Of, args: Args, machine: Machine) => Value
type Methods<Of> = Readonly<Record<string, Method<Of>>>

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

const strip =
  (sides: 'both' | 'start' | 'end'): Method<string> =>
  (text, args, machine) =>
    stripped(text, textArgument(machine, args, 0, 'chars'), sides)

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

const split =
  (how: typeof splitText): Method<string> =>
  (text, args, machine) =>
    texts(
      machine,
      how(text, textArgument(machine, args, 0, 'sep'), numberArgument(machine, args, 1, 'maxsplit') ?? -1),
    )

const startsOrEnds =
  (what: 'startsWith' | 'endsWith'): Method<string> =>
  (text, args, machine) => {
    const wanted = machine.reveal(needed(args, 0, 'prefix', what.toLowerCase()))
    const all = wanted instanceof List ? wanted.values() : [wanted]
    return all.some((one) => text[what](machine.text(one)))
  }

const partition =
  (from: 'start' | 'end'): Method<string> =>
  (text, args, machine) => {
    const separator = machine.text(needed(args, 0, 'sep', 'partition'))
    const at = from === 'start' ? text.indexOf(separator) : text.lastIndexOf(separator)
    if (at < 0) return texts(machine, from === 'start' ? [text, '', ''] : ['', '', text])
    return texts(machine, [text.slice(0, at), separator, text.slice(at + separator.length)])
  }

const padding =
  (how: 'start' | 'end' | 'zero'): Method<string> =>
  (text, args, machine) => {
    const width = machine.length(numberArgument(machine, args, 0, 'width') ?? 0, 'text')
    if (how === 'zero') {
      const sign = /^[-+]/.exec(text)?.[0] ?? ''
      return sign + text.slice(sign.length).padStart(width - sign.length, '0')
    }
    const fill = textArgument(machine, args, 1, 'fillchar') ?? ' '
    return how === 'start' ? text.padStart(width, fill) : text.padEnd(width, fill)
  }

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
  if (from === '') throw new Fault('replace needs a text that is not empty')
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
  splitlines: (text, _, machine) =>
    texts(machine, text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)),
  partition: partition('start'),
  rpartition: partition('end'),
  startswith: startsOrEnds('startsWith'),
  endswith: startsOrEnds('endsWith'),
  replace: (text, args, machine) =>
    replaced(
      machine,
      text,
      machine.text(needed(args, 0, 'old', 'replace')),
      machine.text(needed(args, 1, 'new', 'replace')),
      numberArgument(machine, args, 2, 'count'),
    ),
  join: (text, args, machine) => {
    const items = machine.reveal(needed(args, 0, 'iterable', 'join'))
    if (items instanceof List)
      return machine.bounded(
        items
          .values()
          .map((item) => machine.text(item))
          .join(text),
      )
    throw new Fault('join needs a list')
  },
  find: (text, args, machine) => new Num(text.indexOf(machine.text(needed(args, 0, 'sub', 'find')))),
  count: (text, args, machine) => new Num(countIn(text, machine.text(needed(args, 0, 'sub', 'count')))),
  format: (text, args, machine) =>
    machine.bounded(
      formatBraces(machine, text, (key) => (typeof key === 'number' ? args.at(key) : args.named(key))),
    ),
  zfill: padding('zero'),
  ljust: padding('end'),
  rjust: padding('start'),
  removeprefix: (text, args, machine) => {
    const prefix = machine.text(needed(args, 0, 'prefix', 'removeprefix'))
    return text.startsWith(prefix) ? text.slice(prefix.length) : text
  },
  removesuffix: (text, args, machine) => {
    const suffix = machine.text(needed(args, 0, 'suffix', 'removesuffix'))
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  },
  isdigit: (text) => /^\p{Nd}+$/u.test(text),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isalnum: (text) => /^[\p{L}\p{Nd}]+$/u.test(text),
  isupper: (text) => text !== text.toLowerCase() && text === text.toUpperCase(),
  islower: (text) => text !== text.toUpperCase() && text === text.toLowerCase(),
}

export const listMethods: Methods<List> = {
  index: (list, args) => {
    const wanted = needed(args, 0, 'value', 'index')
    const at = list.values().findIndex((item) => areEqual(item, wanted))
    if (at < 0) throw new Fault('index: the list does not have the value')
    return new Num(at)
  },
  count: (list, args) => {
    const wanted = needed(args, 0, 'value', 'count')
    return new Num(list.values().filter((item) => areEqual(item, wanted)).length)
  },
  copy: (list) => list,
}

export const mapMethods: Methods<Dict> = {
  items: (map, _, machine) => machine.list([...map.entries].map(([key, item]) => new List([key, item]))),
  keys: (map, _, machine) => machine.list([...map.entries.keys()]),
  values: (map, _, machine) => machine.list([...map.entries.values()]),
  get: (map, args, machine) =>
    map.get(machine.text(needed(args, 0, 'key', 'get'))) ?? args.at(1, 'default') ?? null,
  copy: (map) => map,
}
