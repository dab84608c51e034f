/** Follows a path as the kernel does, and judges each folder, link and file on its way: who could have replaced it. */
import { lstatSync, readlinkSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ownershipFault, isPrivateHere } from './trusted-file.ts'

/** Why a path is not trusted. */
export interface PathFault {
  /** The folder, link or file that another user could have written. */
  readonly path: string
  readonly why: string
}

/** Where a path leads. */
export interface TrustedPath {
  /** Absolute, without links. */
  readonly path: string
  /** Undefined if nothing is there. */
  readonly stats: Stats | undefined
  readonly fault: PathFault | undefined
}

/** As in Linux. */
const mostLinks = 40

/** Whether every user can create files in a folder, but only their owners can replace them: as in /tmp. */
const isShared = ({ mode }: Stats): boolean => (mode & 0o1002) === 0o1002

/** Why an entry of a folder is not trusted; undefined for one that is. */
const whyNot = (stats: Stats, parent: Stats | undefined, me: number): string | undefined => {
  const { uid, gid, mode } = stats
  // a hard link to a file of root can be made by others
  if (parent !== undefined && isShared(parent) && uid !== me && !stats.isDirectory())
    return `it belongs to another user (uid ${uid})`
  // the mode of a link means nothing; only the owners of files in a shared folder can replace them
  const judged = stats.isSymbolicLink() || (stats.isDirectory() && isShared(stats)) ? mode & ~0o022 : mode
  return ownershipFault({ mode: judged, uid, gid, me, isPrivateGroup: () => isPrivateHere(uid, gid) })
}

/**
 * Follows a path to where it leads. If there is no fault, no user but this one and root can change what is read there
 * afterwards.
 *
 * @param me the user that runs this process.
 * @param from a folder that was judged, which the path is in.
 * @throws the errors of the file system, except for a path that does not exist.
 */
export const followPath = (path: string, me: number, from?: TrustedPath): TrustedPath => {
  let at = from?.path ?? '/'
  let here = from?.stats ?? lstatSync('/')
  let fault = from?.fault
  const judge = (one: string, stats: Stats, parent?: Stats): void => {
    const why = whyNot(stats, parent, me)
    if (why !== undefined) fault ??= { path: one, why }
  }
  if (from === undefined) judge('/', here)
  const rest = (from === undefined ? resolve(path) : path).split('/').toReversed()
  for (let links = 0; rest.length > 0;) {
    const name = rest.pop() ?? ''
    if (name === '' || name === '.') continue
    if (name === '..') {
      at = dirname(at)
      here = lstatSync(at)
      continue
    }
    const next = join(at, name)
    const stats = lstatSync(next, { throwIfNoEntry: false })
    if (stats === undefined) {
      // another user could still create it
      if (isShared(here)) fault ??= { path: next, why: 'every user can create it' }
      return { path: next, stats, fault }
    }
    judge(next, stats, here)
    if (stats.isSymbolicLink()) {
      if (++links > mostLinks) return { path: next, stats: undefined, fault }
      const target = readlinkSync(next)
      rest.push(...target.split('/').toReversed())
      if (target.startsWith('/')) {
        at = '/'
        here = lstatSync('/')
      }
    } else {
      at = next
      here = stats
    }
  }
  return { path: at, stats: here, fault }
}
