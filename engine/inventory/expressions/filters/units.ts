/** Filters of URLs, sizes and comments. */
import { createHash } from 'node:crypto'
import { Fault } from '../fault.ts'
import { flagArgument, listOf, needed, numberArgument, numberOf, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import { takes } from '../signature.ts'
import { Dict, List, Num } from '../values.ts'
import type { Value } from '../values.ts'
import { nearest } from '../../nearest.ts'

/** The parts of a URL, as they are written. */
const partsOf = (url: string): Map<string, Value> => {
  const [, scheme = '', afterScheme = url] = /^([a-zA-Z][\w+.-]*):([^]*)$/.exec(url) ?? []
  const [, netloc = '', afterNet = afterScheme] = /^\/\/([^/?#]*)([^]*)$/.exec(afterScheme) ?? []
  const [beforeFragment = '', ...fragments] = afterNet.split('#')
  const [path = '', ...queries] = beforeFragment.split('?')
  const at = netloc.lastIndexOf('@')
  const [user, ...passwords] = at < 0 ? [] : netloc.slice(0, at).split(':')
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(netloc.slice(at + 1)) ?? []
  const host = bracketed ?? plain ?? ''
  return new Map<string, Value>([
    ['fragment', fragments.join('#')],
    ['hostname', host === '' ? null : host.toLowerCase()],
    ['netloc', netloc],
    ['password', passwords.length === 0 ? null : passwords.join(':')],
    ['path', path],
    ['port', port === undefined || port === '' ? null : new Num(Number(port))],
    ['query', queries.join('?')],
    ['scheme', scheme.toLowerCase()],
    ['username', user ?? null],
  ])
}

const urlSplit: Filter = (value, args, { machine }) => {
  const parts = partsOf(machine.text(value))
  const wanted = textArgument(machine, args, 0, 'query') ?? ''
  if (wanted === '') return new Dict(parts)
  const found = parts.get(wanted)
  if (found !== undefined) return found
  const guess = nearest(wanted, parts.keys())
  throw new Fault(`urlsplit has no part ${wanted}`, {
    word: wanted,
    hint: guess === undefined ? `it has ${[...parts.keys()].join(', ')}` : `did you mean ${guess}?`,
  })
}

const letters = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']

/** A size in powers of 1024: `1.50 KB`. */
const humanReadable: Filter = (value, args, { machine }) => {
  const size = numberOf(machine, value, 'human_readable')
  const bits = flagArgument(args, 0, 'isbits')
  const unit = textArgument(machine, args, 1, 'unit')?.toUpperCase()
  const largest = letters.findLastIndex((_, power) => Math.abs(size) >= 1024 ** power)
  const power = unit === undefined ? Math.max(0, largest) : letters.indexOf(unit.charAt(0))
  if (power < 0) throw new Fault(`human_readable has no unit ${unit ?? ''}`, { word: 'human_readable' })
  const name = power === 0 ? (bits ? 'bits' : 'Bytes') : `${letters[power] ?? ''}${bits ? 'b' : 'B'}`
  return `${(size / 1024 ** power).toFixed(2)} ${name}`
}

/** A size in powers of 1000, or of 1024. */
const fileSize: Filter = (value, args, { machine }) => {
  const size = numberOf(machine, value, 'filesizeformat')
  const binary = flagArgument(args, 0, 'binary')
  const base = binary ? 1024 : 1000
  if (size === 1) return '1 Byte'
  if (size < base) return `${Math.trunc(size)} Bytes`
  const power = Math.min(8, Math.floor(Math.log(size) / Math.log(base) + 1e-12))
  const letter = letters[power] ?? ''
  return `${(size / base ** power).toFixed(1)} ${binary ? `${letter}iB` : `${power === 1 ? 'k' : letter}B`}`
}

const usualNamespace = '361e6d51-faec-444a-9079-341386da8e2e'

/** The UUID of a name in a namespace (version 5). */
const toUuid: Filter = (value, args, { machine }) => {
  const namespace = textArgument(machine, args, 0, 'namespace') ?? usualNamespace
  const hex = namespace.replaceAll('-', '')
  if (!/^[\da-f]{32}$/i.test(hex))
    throw new Fault('the namespace of to_uuid is not a UUID', { word: 'to_uuid' })
  const made = createHash('sha1').update(Buffer.from(hex, 'hex')).update(machine.text(value)).digest()
  made[6] = ((made[6] ?? 0) & 0x0f) | 0x50
  made[8] = ((made[8] ?? 0) & 0x3f) | 0x80
  return made
    .toString('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A list in several lists, the first ones longer; `fill_with` makes them equal. */
const slice: Filter = (value, args, { machine }) => {
  const items = listOf(machine, value, 'slice')
  const count = numberOf(machine, needed(args, 0, 'slices', 'slice'), 'slice')
  if (!Number.isInteger(count) || count < 1)
    throw new Fault('slice needs a number of lists from 1 on', { word: 'slice' })
  const fill = args.at(1, 'fill_with')
  const [short, longer] = [Math.floor(items.length / count), items.length % count]
  let from = 0
  return machine.list(
    Array.from({ length: machine.length(count, 'list') }, (_, index) => {
      const length = short + (index < longer ? 1 : 0)
      const part = items.slice(from, from + length)
      from += length
      return new List(fill === undefined || index < longer || longer === 0 ? part : [...part, fill])
    }),
  )
}

interface CommentStyle {
  readonly decoration: string
  readonly beginning?: string
  readonly end?: string
}

const commentStyles: Readonly<Record<string, CommentStyle>> = {
  plain: { decoration: '# ' },
  c: { decoration: '// ' },
  erlang: { decoration: '% ' },
  cblock: { decoration: ' * ', beginning: '/*', end: ' */' },
  xml: { decoration: ' - ', beginning: '<!--', end: '-->' },
}

/** A text as a comment of some language. */
const comment: Filter = (value, args, { machine }) => {
  const named = textArgument(machine, args, 0, 'style') ?? 'plain'
  const style = Object.hasOwn(commentStyles, named) ? commentStyles[named] : undefined
  if (style === undefined)
    throw new Fault(`comment has no style ${named}`, {
      word: named,
      hint: `it has ${Object.keys(commentStyles).join(', ')}`,
    })
  const text = (name: string): string | undefined => textArgument(machine, args, Infinity, name)
  const decoration = text('decoration') ?? style.decoration
  const repeated = (name: 'prefix' | 'postfix'): string[] => {
    const count = machine.length(numberArgument(machine, args, Infinity, `${name}_count`) ?? 1, 'list')
    return Array.from({ length: count }, () => (text(name) ?? decoration).trimEnd())
  }
  const around = (line: string | undefined): string[] => (line === undefined ? [] : [line])
  const lines = machine.text(value).split('\n')
  return machine.bounded(
    [
      ...around(text('beginning') ?? style.beginning),
      ...repeated('prefix'),
      ...lines.map((line) => (decoration + line).trimEnd()),
      ...repeated('postfix'),
      ...around(text('end') ?? style.end),
    ].join('\n'),
  )
}

export const unitFilters: Filters = {
  urlsplit: takes('query', urlSplit),
  human_readable: takes('isbits unit', humanReadable),
  filesizeformat: takes('binary', fileSize),
  to_uuid: takes('namespace', toUuid),
  slice: takes('slices fill_with', slice),
  comment: takes('style | decoration beginning prefix prefix_count postfix postfix_count end', comment),
}
