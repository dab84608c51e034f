/** Filters of text. */
import { homedir } from 'node:os'
import { posix } from 'node:path'
import { Fault } from '../fault.ts'
import { formatPercent } from '../format.ts'
import { flagArgument, listOf, needed, numberArgument, textArgument, textOf, texts } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import { capitalized, replaced, splitText, textMethods } from '../methods.ts'
import { Dict, Num } from '../values.ts'

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
  const width = machine.length(numberArgument(machine, args, 0, 'width') ?? 4, 'text')
  const [first, blank] = [flagArgument(args, 1, 'first'), flagArgument(args, 2, 'blank')]
  const pad = ' '.repeat(width)
  const lines = machine.text(value).split('\n')
  machine.length(lines.length * width, 'text')
  return lines
    .map((line, index) =>
      index === 0 ? (first ? pad + line : line) : line === '' && !blank ? line : pad + line,
    )
    .join('\n')
}

const pathJoin: Filter = (value, _, { machine }) => {
  const parts =
    typeof value === 'string' ? [value] : listOf(machine, value, 'path_join').map((one) => machine.text(one))
  return parts.reduce((path, part) => {
    if (part.startsWith('/') || path === '') return part
    return path.endsWith('/') ? path + part : `${path}/${part}`
  }, '')
}

const splitExtension = (text: string): readonly [string, string] => {
  const [, dots = ''] = /([^/]*)$/.exec(text) ?? []
  const at = dots.replace(/^\.+/, (lead) => '_'.repeat(lead.length)).lastIndexOf('.')
  if (at < 0) return [text, '']
  const cut = text.length - dots.length + at
  return [text.slice(0, cut), text.slice(cut)]
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

const urlEncode = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')

const format: Filter = (value, args, { machine }) => {
  const names = args.names()
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
  trim,
  quote: ofText(quoteWord),
  e: ofText(escapeHtml),
  escape: ofText(escapeHtml),
  urlencode: ofText(urlEncode),
  basename: ofText((text) => (text.endsWith('/') ? '' : posix.basename(text))),
  dirname: ofText((text) => text.slice(0, text.lastIndexOf('/') + 1).replace(/(?<=[^/])\/+$/, '')),
  expanduser: ofText((text) => (text === '~' || text.startsWith('~/') ? homedir() + text.slice(1) : text)),
  path_join: pathJoin,
  splitext: (value, _, { machine }) => texts(machine, splitExtension(machine.text(value))),
  replace: (value, args, { machine }) =>
    replaced(
      machine,
      machine.text(value),
      machine.text(needed(args, 0, 'old', 'replace')),
      machine.text(needed(args, 1, 'new', 'replace')),
      numberArgument(machine, args, 2, 'count'),
    ),
  split: (value, args, { machine }) =>
    texts(
      machine,
      splitText(
        textOf(machine, value, 'split'),
        textArgument(machine, args, 0, 'sep'),
        numberArgument(machine, args, 1, 'maxsplit') ?? -1,
      ),
    ),
  indent,
  truncate,
  center,
  format,
  wordcount: (value, _, { machine }) => new Num((machine.text(value).match(/\w+/g) ?? []).length),
  string: (value, _, { machine }) => machine.text(value),
  to_text: (value, _, { machine }) => machine.text(value),
  comment: (value, args, { machine }) => {
    if (args.count > 0 || args.names().length > 0)
      throw new Fault('comment has no other styles here', { word: 'comment' })
    const lines = machine.text(value).split('\n')
    return machine.bounded(['#', ...lines.map((line) => (line === '' ? '#' : `# ${line}`)), '#'].join('\n'))
  },
}
