/** Lookups of files of this machine: their text, and which of them are there. */
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, readdirSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { nearest } from '../nearest.ts'
import { isVault } from '../secrets/vault.ts'
import { Fault } from './fault.ts'
import { flagArgument } from './library.ts'
import { placesOf } from './local-paths.ts'
import type { Machine } from './machine.ts'
import { isTrue } from './operators.ts'
import { Dict, List } from './values.ts'
import type { Args, Value } from './values.ts'

/** The most bytes of a file. */
const most = 1024 * 1024

/** What lookups of files need. */
export interface FilesContext {
  readonly machine: Machine
  /** Where relative paths are looked for, in order. */
  readonly folders: readonly string[]
}

/** Reads a regular file; undefined if there is none at a path. */
const readAt = (path: string): string | undefined => {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined
  }
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile()) throw new Fault(`${path} is not a regular file`, { word: path })
    if (found.size > most) throw new Fault(`${path} has more than ${most} bytes`, { word: path })
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** The text of the first of the places of a path that has a file; undefined without one. */
export const textOfFile = ({ folders }: FilesContext, name: string, lookup: string): string | undefined => {
  for (const place of placesOf(folders, name)) {
    const text = readAt(place)
    if (text === undefined) continue
    if (!isVault(text)) return text
    throw new Fault(`${place} is encrypted, which lookup('${lookup}') does not open`, {
      word: name,
      hint: 'put the value into an encrypted variable',
    })
  }
  return undefined
}

/** The text of a file, without blanks at its end. */
export const file = (context: FilesContext, name: string, args: Args): string => {
  const text = textOfFile(context, name, 'file')
  if (text === undefined)
    throw new Fault(`there is no file ${name}`, {
      word: name,
      hint: name.startsWith('/') ? undefined : `looked for in ${context.folders.join(', ')}`,
    })
  const end = flagArgument(args, Infinity, 'rstrip', true) ? text.trimEnd() : text
  return flagArgument(args, Infinity, 'lstrip') ? end.trimStart() : end
}

/** A pattern of the shell for one name: `*`, `?`, `[…]`; a dot at the begin is only matched by a dot. */
const patternOf = (glob: string): RegExp => {
  const body = glob.replaceAll(
    /\[(!?)(\]?[^\]]*)\]|[^]/g,
    (one, not: string | undefined, inner: string | undefined) => {
      if (inner !== undefined)
        return `[${not === '!' ? '^' : ''}${inner.replaceAll(/[\\^[\]]/g, String.raw`\$&`)}]`
      if (one === '*') return '.*'
      return one === '?' ? '.' : one.replace(/[.+^${}()|\\[\]]/, String.raw`\$&`)
    },
  )
  try {
    return new RegExp(`^${glob.startsWith('.') ? '' : '(?!\\.)'}${body}$`, 'su')
  } catch {
    throw new Fault(`${glob} is not a pattern of file names`, { word: glob })
  }
}

const filesIn = (folder: string): Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** The files that match a pattern, by name: those of the first folder that has one. */
export const fileGlob = ({ folders }: FilesContext, glob: string): readonly string[] => {
  const folder = dirname(glob)
  if (/[*?[]/.test(folder))
    throw new Fault(`the folder of fileglob has the pattern ${folder}`, {
      word: 'fileglob',
      hint: 'only the name of the file can be a pattern',
    })
  const pattern = patternOf(basename(glob))
  for (const place of placesOf(folders, glob)) {
    const at = dirname(place)
    const found = filesIn(at)
      .filter(
        (one) =>
          pattern.test(one.name) &&
          (one.isFile() || (one.isSymbolicLink() && existsSync(join(at, one.name)))),
      )
      .map(({ name }) => join(at, name))
    if (found.length > 0) return found.toSorted()
  }
  return []
}

/** Files to look for, and what to do without any. */
interface Wanted {
  readonly files: readonly string[]
  readonly skip: boolean
}

const optionNames = ['files', 'paths', 'skip']

const textsIn = (machine: Machine, value: Value | undefined, separators: RegExp): readonly string[] => {
  if (value === undefined || value === null) return []
  if (value instanceof List) return value.values().flatMap((one) => textsIn(machine, one, separators))
  return machine.text(value).split(separators)
}

/** The paths that options name: each of the files in each of the folders. */
const wantedOf = (machine: Machine, options: (name: string) => Value | undefined, files?: Value): Wanted => {
  const names = textsIn(machine, files ?? options('files'), /[,;]/)
  const folders = textsIn(machine, options('paths'), /[,:;]/)
  const skip = options('skip')
  return {
    files:
      folders.length === 0 ? names : folders.flatMap((folder) => names.map((name) => join(folder, name))),
    skip: skip !== undefined && isTrue(skip),
  }
}

const wantedIn = (machine: Machine, term: Value, args: Args): Wanted => {
  if (!(term instanceof Dict)) return wantedOf(machine, (name) => args.named(name), term)
  for (const key of term.entries.keys()) {
    if (optionNames.includes(key)) continue
    const guess = nearest(key, optionNames)
    throw new Fault(`first_found has no option ${key}`, {
      word: key,
      hint: guess === undefined ? `it has ${optionNames.join(', ')}` : `did you mean ${guess}?`,
    })
  }
  return wantedOf(machine, (name) => term.get(name))
}

/** The first of some files that is there; nothing if none has to be. */
export const firstFound = (
  { folders, machine }: FilesContext,
  terms: readonly Value[],
  args: Args,
): readonly string[] => {
  const all = terms.flatMap((term) => (term instanceof List ? term.values() : [term]))
  if (all.length > 0 && args.named('files') !== undefined)
    throw new Fault('first_found takes its files by position or by name, not both', { word: 'files' })
  const wanted =
    all.length === 0
      ? [wantedOf(machine, (name) => args.named(name))]
      : all.map((term) => wantedIn(machine, term, args))
  const files = wanted.flatMap((one) => one.files)
  for (const path of files) {
    const found = placesOf(folders, path).find((place) => existsSync(place))
    if (found !== undefined) return [found]
  }
  if (wanted.some(({ skip }) => skip)) return []
  throw new Fault(`none of these files is there: ${files.join(', ')}`, { word: 'first_found' })
}
