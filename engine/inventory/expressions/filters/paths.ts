/** Filters of paths. */
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { posix, resolve, win32 } from 'node:path'
import { looksSecretName } from '../../variables/secret-name.ts'
import { Fault } from '../fault.ts'
import { listOf, textArgument, texts } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import { hide } from '../machine.ts'
import { takes } from '../signature.ts'

const ofText =
  (change: (text: string) => string): Filter =>
  (value, _, { machine }) =>
    machine.bounded(change(machine.text(value)))

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

/** Without `.`, `..` and double slashes; two slashes at the begin stay, as POSIX has it. */
const normalized = (text: string): string => {
  const path = posix.normalize(text).replace(/(?<=.)\/$/, '')
  return /^\/\/(?!\/)/.test(text) ? `/${path}` : path
}

/** The folder that all paths of a list have in common. */
const commonPath: Filter = (value, _, { machine }) => {
  const paths = listOf(machine, value, 'commonpath').map((one) => machine.text(one))
  const [first, ...others] = paths
  const isAbsolute = first?.startsWith('/') === true
  if (first === undefined || others.some((path) => path.startsWith('/') !== isAbsolute))
    throw new Fault('commonpath needs paths that are all absolute, or all relative', { word: 'commonpath' })
  const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.')
  const shared = others.reduce((parts, path) => {
    const against = partsOf(path)
    const differs = parts.findIndex((part, index) => part !== against[index])
    return differs < 0 ? parts : parts.slice(0, differs)
  }, partsOf(first))
  return `${isAbsolute ? '/' : ''}${shared.join('/')}`
}

/** The path without links; one of which nothing is there stays as it is. */
const realPath: Filter = (value, _, { machine, mayRead }) => {
  mayRead('realpath')
  let [path, rest] = [resolve(machine.text(value)), '']
  for (;;) {
    try {
      return posix.join(realpathSync(path), rest)
    } catch {
      if (path === '/') return posix.join(path, rest)
      rest = posix.join(posix.basename(path), rest)
      path = posix.dirname(path)
    }
  }
}

/** Variables of the environment of the run in the place of `$NAME` and `${NAME}`; those that are not set stay. */
const expandVariables: Filter = (value, _, { machine, mayRead }) => {
  mayRead('expandvars')
  let secret = false
  const found = machine
    .text(value)
    .replaceAll(/\$(?:(\w+)|\{([^}]*)\})/g, (all, plain?: string, braced?: string) => {
      const name = plain ?? braced ?? ''
      const set = process.env[name]
      secret ||= set !== undefined && looksSecretName(name.toLowerCase())
      return set ?? all
    })
  const text = machine.bounded(found)
  return secret ? hide(text, 'named') : text
}

/** The drive of a path of Windows, and the rest. */
const splitDrive = (text: string): readonly string[] => {
  const [, drive = '', rest = text] = /^([A-Za-z]:|[\\/]{2}[^\\/]+[\\/][^\\/]+)?([^]*)$/.exec(text) ?? []
  return [drive, rest]
}

export const pathFilters: Filters = {
  basename: ofText((text) => (text.endsWith('/') ? '' : posix.basename(text))),
  dirname: ofText((text) => text.slice(0, text.lastIndexOf('/') + 1).replace(/(?<=[^/])\/+$/, '')),
  expanduser: ofText((text) => (text === '~' || text.startsWith('~/') ? homedir() + text.slice(1) : text)),
  expandvars: expandVariables,
  path_join: pathJoin,
  normpath: ofText(normalized),
  relpath: takes('start', (value, args, { machine }) => {
    const path = posix.relative(textArgument(machine, args, 0, 'start') ?? '.', machine.text(value))
    return machine.bounded(path === '' ? '.' : path)
  }),
  realpath: realPath,
  commonpath: commonPath,
  splitext: (value, _, { machine }) => texts(machine, splitExtension(machine.text(value))),
  win_basename: ofText((text) => (/[\\/]$/.test(text) ? '' : win32.basename(text))),
  win_dirname: ofText((text) => win32.dirname(text).replace(/^\.$/, '')),
  win_splitdrive: (value, _, { machine }) => texts(machine, splitDrive(machine.text(value))),
}
