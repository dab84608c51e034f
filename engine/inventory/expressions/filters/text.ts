/** Filters of text. */
import { Fault } from '../fault.ts'
import { formatPercent } from '../format.ts'
import { flagArgument, listOf, needed, numberArgument, textArgument, textOf, texts } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { takes } from '../signature.ts'
import { capitalized, replaced, splitText, textMethods } from '../methods.ts'
import { Dict, List, Num } from '../values.ts'

/** A filter of text alone. */
const ofText =
  (change: (text: string) => string): Filter =>
  (value, _, { machine }) =>
    machine.bounded(change(machine.text(value)))

const trim: Filter = (value, args, { machine }) =>
  textMethods['strip']?.(machine.text(value), args, machine) ?? null

/** A word for a shell: unquoted if that is safe. */
const quoteWord = (text: string): string => {
  if (text === '') return "''"
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`
}

const indent: Filter = (value, args, { machine }) => {
  const given = args.at(0, 'width')
  const pad =
    typeof given === 'string'
      ? given
      : ' '.repeat(machine.length(Math.max(0, numberArgument(machine, args, 0, 'width') ?? 4), 'text'))
  const [first, blank] = [flagArgument(args, 1, 'first'), flagArgument(args, 2, 'blank')]
  const lines = machine.text(value).split('\n')
  machine.length(lines.length * pad.length, 'text')
  return lines
    .map((line, index) =>
      index === 0 ? (first ? pad + line : line) : line === '' && !blank ? line : pad + line,
    )
    .join('\n')
}

const truncate: Filter = (value, args, { machine }) => {
  const text = machine.text(value)
  const length = numberArgument(machine, args, 0, 'length') ?? 255
  const end = textArgument(machine, args, 2, 'end') ?? '...'
  const leeway = numberArgument(machine, args, 3, 'leeway') ?? 5
  if (text.length <= length + leeway) return text
  const cut = text.slice(0, Math.max(0, length - end.length))
  return (flagArgument(args, 1, 'killwords') ? cut : (/^([^]*) /.exec(cut)?.[1] ?? cut)) + end
}

const center: Filter = (value, args, { machine }) => {
  const text = machine.text(value)
  const width = machine.length(numberArgument(machine, args, 0, 'width') ?? 80, 'text')
  const space = Math.max(0, width - text.length)
  const left = Math.floor(space / 2) + (space & width & 1)
  return ' '.repeat(left) + text + ' '.repeat(space - left)
}

const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;')

const percent = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** The pairs of a query: a map, or a list of pairs. */
const pairsOf = (machine: Machine, value: List | Dict): (readonly [string, string])[] => {
  if (value instanceof Dict)
    return [...value.entries.keys()].map((key) => [key, machine.text(value.get(key) ?? null)])
  return value.values().map((pair) => {
    const [key, item, ...more] = listOf(machine, pair, 'urlencode')
    if (key !== undefined && item !== undefined && more.length === 0)
      return [machine.text(key), machine.text(item)]
    throw new Fault('urlencode needs text, a map, or a list of pairs', { word: 'urlencode' })
  })
}

/** Text for the path of a URL; a map or a list of pairs for its query, where a space is a plus. */
const urlEncode: Filter = (value, _, { machine }) => {
  const found = machine.reveal(value)
  if (!(found instanceof List) && !(found instanceof Dict))
    return machine.bounded(percent(machine.text(value)).replaceAll('%2F', '/'))
  const word = (text: string): string => percent(text).replaceAll('%20', '+')
  return machine.bounded(
    pairsOf(machine, found)
      .map(([key, item]) => `${word(key)}=${word(item)}`)
      .join('&'),
  )
}

/** Text of a URL as it was before it was encoded. */
const urlDecode: Filter = (value, _, { machine }) => {
  try {
    return machine.bounded(decodeURIComponent(machine.text(value).replaceAll('+', ' ')))
  } catch {
    throw new Fault('the text is not that of a URL', { word: 'urldecode' })
  }
}

const format: Filter = (value, args, { machine }) => {
  const names = args.names()
  if (names.length > 0 && args.count > 0)
    throw new Fault('format takes arguments with names or without, not both', { word: 'format' })
  const named =
    names.length === 0 ? undefined : new Dict(new Map(names.map((name) => [name, args.named(name) ?? null])))
  return machine.bounded(formatPercent(machine, machine.text(value), args.rest(), named))
}

export const textFilters: Filters = {
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  title: ofText((text) =>
    text
      .split(/([-\s({[<]+)/)
      .map(capitalized)
      .join(''),
  ),
  capitalize: ofText(capitalized),
  trim: takes('chars', trim),
  quote: (value, _, { machine }) => machine.bounded(quoteWord(value === null ? '' : machine.text(value))),
  e: ofText(escapeHtml),
  escape: ofText(escapeHtml),
  urlencode: urlEncode,
  urldecode: urlDecode,
  replace: takes('old new count', (value, args, { machine }) =>
    replaced(
      machine,
      machine.text(value),
      machine.text(needed(args, 0, 'old', 'replace')),
      machine.text(needed(args, 1, 'new', 'replace')),
      numberArgument(machine, args, 2, 'count'),
    ),
  ),
  split: takes('sep maxsplit', (value, args, { machine }) =>
    texts(
      machine,
      splitText(
        textOf(machine, value, 'split'),
        textArgument(machine, args, 0, 'sep'),
        numberArgument(machine, args, 1, 'maxsplit') ?? -1,
      ),
    ),
  ),
  indent: takes('width first blank', indent),
  truncate: takes('length killwords end leeway', truncate),
  center: takes('width', center),
  format: takes('* **', format),
  wordcount: (value, _, { machine }) => new Num((machine.text(value).match(/\w+/g) ?? []).length),
  string: (value, _, { machine }) => machine.text(value),
}
