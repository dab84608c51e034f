/** Tests of files of this machine: `is file`, `is directory`. */
import { lstatSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Fault } from './fault.ts'
import { needed } from './library.ts'
import type { Library, Test } from './library.ts'
import { takes } from './signature.ts'
import type { Value } from './values.ts'

/** What is at a path; undefined if nothing is. A path that this user cannot look at is an error. */
const statAt = (path: string, follow: boolean): Stats | undefined => {
  try {
    return follow ? statSync(path, { throwIfNoEntry: false }) : lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    // a link to itself, or a file in the place of a folder
    if (code === 'ELOOP' || code === 'ENOTDIR') return undefined
    throw new Fault(`cannot look at ${path}: ${code}`, { word: path })
  }
}

const pathIn = ({ machine, mayRead }: Library, value: Value, what: string): string => {
  mayRead(what)
  if (value === null) throw new Fault(`${what} needs a path, not none`, { word: what })
  return resolve(machine.text(value))
}

const ofFile = (name: string, follow: boolean, passes: (found: Stats) => boolean): Test => {
  return (value, _, library) => {
    const found = statAt(pathIn(library, value, name), follow)
    return found !== undefined && passes(found)
  }
}

const isMount: Test = (value, _, library) => {
  const path = pathIn(library, value, 'mount')
  const [found, above] = [statAt(path, false), statAt(dirname(path), false)]
  if (found === undefined || above === undefined || found.isSymbolicLink()) return false
  return found.dev !== above.dev || found.ino === above.ino
}

const isSameFile: Test = (value, args, library) => {
  const other = needed(args, 0, 'path', 'same_file')
  const stats = [value, other].map((one) => statAt(pathIn(library, one, 'same_file'), true))
  const [one, another] = stats
  if (one === undefined || another === undefined)
    throw new Fault('same_file needs two files that exist', { word: 'same_file' })
  return one.dev === another.dev && one.ino === another.ino
}

const isFile = ofFile('file', true, (found) => found.isFile())
const isDirectory = ofFile('directory', true, (found) => found.isDirectory())
const isLink = ofFile('link', false, (found) => found.isSymbolicLink())
const isThere = ofFile('exists', true, () => true)
const isLinkThere = ofFile('link_exists', false, () => true)
const sameFile = takes('path', isSameFile)

export const fileTests: Readonly<Record<string, Test>> = {
  file: isFile,
  is_file: isFile,
  directory: isDirectory,
  is_dir: isDirectory,
  link: isLink,
  is_link: isLink,
  exists: isThere,
  link_exists: isLinkThere,
  mount: isMount,
  is_mount: isMount,
  same_file: sameFile,
  is_same_file: sameFile,
}
