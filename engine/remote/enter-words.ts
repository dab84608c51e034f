/** The words of the shell function `enter`, which enter-folder.sh describes. Pure. */
import { posix } from 'node:path'

/** How a script enters the folder of a path. */
export interface Entering {
  /** Follow links, no matter who controls them. */
  readonly follow?: boolean | undefined
  /** Create missing folders, or call the script's function `instead` instead of creating one. */
  readonly make?: boolean | 'instead' | undefined
  /** Exit status if a folder of the path is missing. */
  readonly missing?: number | undefined
}

/** The folders of a path, from `/` on; undefined if a name is `.` or `..`, which only the host can resolve. */
const foldersOf = (path: string): string[] | undefined => {
  const names = path.split('/').filter((name) => name !== '')
  if (names.some((name) => name === '.' || name === '..')) return undefined
  return ['/', ...names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`)]
}

const wordsOf = (
  path: string,
  [folder, name]: readonly [folder: string, name: string],
  { follow, make, missing = 1 }: Entering,
): string[] => {
  const folders = foldersOf(folder)
  return [
    path,
    name,
    follow === true ? '1' : '',
    make === true ? '1' : make === 'instead' ? make : '',
    String(missing),
    ...(folders === undefined ? ['via', folder] : ['go', ...folders]),
  ]
}

/** Returns the words that change into the folder of a path and set `$n` to the last name. */
export const enterFolderOf = (path: string, how: Entering = {}): string[] => {
  const plain = path.replace(/\/+$/, '')
  const last = posix.basename(plain)
  const isName = last !== '' && last !== '.' && last !== '..'
  return isName ? wordsOf(path, [posix.dirname(plain), last], how) : enterFolder(path, how)
}

/** Returns the words that change into the folder at a path and set `$n` to `.`. */
export const enterFolder = (path: string, how: Entering = {}): string[] =>
  wordsOf(path, [path.replace(/\/+$/, '') || '/', '.'], how)
