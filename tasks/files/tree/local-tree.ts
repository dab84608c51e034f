/** Reads a folder of the machine that runs the playbook, with everything in it. */
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { CoxswainError, isCoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { localSum } from '../content/local-file.ts'

interface Entry {
  /** Relative to the folder: `./a/b`; the folder itself is `.`. */
  readonly path: string
}

export interface LocalFile extends Entry {
  readonly kind: 'file'
  /** The read, write and execute bits only. */
  readonly mode: number
  readonly size: number
  readonly sha256: string
}

export interface LocalFolder extends Entry {
  readonly kind: 'directory'
  readonly mode: number
}

/** A link with its target, wherever the target is. */
export interface LocalLink extends Entry {
  readonly kind: 'link'
  readonly target: string
}

export type LocalEntry = LocalFile | LocalFolder | LocalLink

/** Maximum number of files that are read at the same time. */
const atOnce = 8

const unfit = (path: string, why: string): CoxswainError =>
  new CoxswainError('task-failed', `${path} ${why}`, { hint: 'move it out of the folder' })

const entryAt = async (ctx: Pick<CheckContext, 'once'>, root: string, path: string): Promise<LocalEntry> => {
  const place = join(root, path)
  // Node replaces bytes that are not UTF-8
  if (path.includes('\uFFFD')) throw unfit(place, 'has a name that is not UTF-8')
  const found = await lstat(place)
  const mode = found.mode & 0o777
  if (found.isSymbolicLink()) return { kind: 'link', path, target: await readlink(place) }
  if (found.isDirectory()) return { kind: 'directory', path, mode }
  if (found.isFile())
    return { kind: 'file', path, mode, size: found.size, sha256: await localSum(ctx, place) }
  throw unfit(place, 'is neither file, folder nor link')
}

/** Every path below the folder; a folder comes before its content. */
const pathsBelow = async (root: string): Promise<string[]> => {
  const below = async (folder: string): Promise<string[]> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true })
    const lists = await Promise.all(
      entries
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(async (entry) => {
          const path = `${folder}/${entry.name}`
          return entry.isDirectory() ? [path, ...(await below(path))] : [path]
        }),
    )
    return lists.flat()
  }
  return below('.')
}

/**
 * Everything in a folder; the folder itself comes first.
 *
 * @throws `task-failed` for entries that cannot be copied, such as a socket.
 */
export const localTree = async (ctx: Pick<CheckContext, 'once'>, root: string): Promise<LocalEntry[]> => {
  try {
    const paths = ['.', ...(await pathsBelow(root))]
    const entries: LocalEntry[] = []
    for (let at = 0; at < paths.length; at += atOnce) {
      entries.push(
        ...(await Promise.all(paths.slice(at, at + atOnce).map((path) => entryAt(ctx, root, path)))),
      )
    }
    return entries
  } catch (cause) {
    if (isCoxswainError(cause)) throw cause
    throw new CoxswainError('task-failed', `cannot read all of ${root} on this machine`, {
      cause,
      hint: 'check that you can read everything in it',
    })
  }
}
