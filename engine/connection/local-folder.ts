/** Folders of this machine, entered without following links of its other users. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  statSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import { join, resolve } from 'node:path'
import { CoxswainError } from '../errors.ts'

/** A folder that was entered. It stays the same one, whatever other users do to its name, until it is closed. */
export interface LocalFolder {
  /** What paths of things in it start with. On Linux it goes by way of the open folder, else by its name. */
  readonly path: string
  /**
   * What has a name in it; undefined where there is nothing.
   *
   * @throws `write-failed` for a link that others control. Any other link is followed.
   */
  look(name: string): Stats | undefined
  /** Whether a name in it is a link; throws as {@link LocalFolder.look} does. */
  isLink(name: string): boolean
  /** Whether only root and the acting user can change what is in it. */
  readonly closed: boolean
  close(): void
}

/** Opens a folder for nothing but reaching what is in it (Linux; open(2)): that takes no right to list it. */
const onlyReach = 0o10000000
const isLinux = process.platform === 'linux'

const isTrusted = (uid: number): boolean => uid === 0 || uid === process.getuid?.()

/**
 * Whether others than root and we decide where a link leads. A group that a folder of ours is writable for can make links of
 * its own there, which do not belong to us.
 */
const isForeign = (folder: Stats, link: Stats): boolean => {
  const open = (folder.mode & 0o002) !== 0 && (folder.mode & 0o1000) === 0
  return open || !isTrusted(folder.uid) || !isTrusted(link.uid)
}

/** One folder on the way. */
class Step implements LocalFolder {
  readonly path: string
  /** Its name, for people. */
  readonly name: string
  readonly #descriptor: number | undefined

  constructor(path: string, name: string) {
    const flags = onlyReach | constants.O_DIRECTORY | constants.O_NOFOLLOW
    this.#descriptor = isLinux ? openSync(path, flags) : undefined
    this.path = this.#descriptor === undefined ? name : `/proc/self/fd/${this.#descriptor}`
    this.name = name
  }

  /** What has a name in it, links not followed; throws for one that others control. */
  seen(name: string): Stats | undefined {
    const found = lstatSync(`${this.path}/${name}`, { throwIfNoEntry: false })
    if (found?.isSymbolicLink() !== true || !isForeign(this.#stat(), found)) return found
    throw new CoxswainError(
      'write-failed',
      `${join(this.name, name)} is a link that other users of this machine control`,
      { hint: 'name the path that it leads to, or a folder that only you and root can change' },
    )
  }

  look(name: string): Stats | undefined {
    const found = this.seen(name)
    return found?.isSymbolicLink() === true
      ? statSync(`${this.path}/${name}`, { throwIfNoEntry: false })
      : found
  }

  isLink(name: string): boolean {
    return this.seen(name)?.isSymbolicLink() === true
  }

  get closed(): boolean {
    const { uid, mode } = this.#stat()
    return isTrusted(uid) && (mode & 0o022) === 0
  }

  #stat(): Stats {
    return this.#descriptor === undefined ? statSync(this.name) : fstatSync(this.#descriptor)
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
  }
}

const namesIn = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.')

/** Makes a folder, unless another run was quicker. */
const made = (folder: Step, name: string, mode: number | undefined): Stats | undefined => {
  try {
    mkdirSync(`${folder.path}/${name}`, { mode })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return folder.seen(name)
}

/**
 * Enters a folder of this machine step by step. Links of root and of the acting user are followed, in folders where others
 * cannot put them.
 *
 * @param how whether folders that are missing are made, and with which mode.
 * @returns undefined where it is missing and is not to be made.
 * @throws `write-failed` for a link that others control; the system's errors where it cannot be entered or made.
 */
export const enterLocalFolder = (
  path: string,
  { make = false, mode }: { readonly make?: boolean; readonly mode?: number } = {},
): LocalFolder | undefined => {
  const full = resolve(path)
  let here = new Step('/', '/')
  const enter = (from: string, name: string): void => {
    const before = here
    try {
      here = new Step(from, name)
    } finally {
      before.close()
    }
  }
  let hops = 0
  const rest = namesIn(full)
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    let found: Stats | undefined
    try {
      found = here.seen(name) ?? (make ? made(here, name, mode) : undefined)
      if (found?.isSymbolicLink() === true) {
        hops += 1
        if (hops > 40) throw new Error(`${full} leads through a link to itself`)
        const target = readlinkSync(`${here.path}/${name}`)
        rest.unshift(...namesIn(target))
        if (target.startsWith('/')) enter('/', '/')
        continue
      }
      if (found?.isDirectory() === false) throw new Error(`${join(here.name, name)} is not a folder`)
    } catch (error) {
      here.close()
      throw error
    }
    if (found === undefined) {
      here.close()
      return undefined
    }
    enter(`${here.path}/${name}`, join(here.name, name))
  }
  return here
}
