/** Opens folders of this machine without following links of other users. */
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

/** An open folder. Until it is closed it stays the same folder, even if other users rename it. */
export interface LocalFolder {
  /** The prefix of paths in the folder. On Linux it refers to the open folder, elsewhere to its name. */
  readonly path: string
  /**
   * Returns the status of a name in the folder; undefined if it does not exist.
   *
   * @throws `write-failed` for a link that other users control. Any other link is followed.
   */
  look(name: string): Stats | undefined
  /** Whether a name in the folder is a link; throws as {@link LocalFolder.look} does. */
  isLink(name: string): boolean
  /** Whether only root and the acting user can change the folder. */
  readonly closed: boolean
  /** Closes its file descriptor. */
  close(): void
}

/** O_PATH (Linux; open(2)): opens a folder without the permission to list it. */
const pathOnly = 0o10000000
const isLinux = process.platform === 'linux'

const isTrusted = (uid: number): boolean => uid === 0 || uid === process.getuid?.()

/**
 * Whether users other than root and the acting user control a link. In a folder that its group can write to, a member of the
 * group can create links, which then belong to that member.
 */
const isForeign = (folder: Stats, link: Stats): boolean => {
  const open = (folder.mode & 0o002) !== 0 && (folder.mode & 0o1000) === 0
  return open || !isTrusted(folder.uid) || !isTrusted(link.uid)
}

/** One folder of the path. */
class Step implements LocalFolder {
  readonly path: string
  /** Its path, for messages. */
  readonly name: string
  readonly #descriptor: number | undefined

  constructor(path: string, name: string) {
    const flags = pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW
    this.#descriptor = isLinux ? openSync(path, flags) : undefined
    this.path = this.#descriptor === undefined ? name : `/proc/self/fd/${this.#descriptor}`
    this.name = name
  }

  /** The status of a name in the folder, without following links; throws for a link that other users control. */
  lstat(name: string): Stats | undefined {
    const found = lstatSync(`${this.path}/${name}`, { throwIfNoEntry: false })
    if (found?.isSymbolicLink() !== true || !isForeign(this.#stat(), found)) return found
    throw new CoxswainError(
      'write-failed',
      `${join(this.name, name)} is a link that other users of this machine control`,
      { hint: 'give the path that it points to, or a folder that only you and root can change' },
    )
  }

  look(name: string): Stats | undefined {
    const found = this.lstat(name)
    return found?.isSymbolicLink() === true
      ? statSync(`${this.path}/${name}`, { throwIfNoEntry: false })
      : found
  }

  isLink(name: string): boolean {
    return this.lstat(name)?.isSymbolicLink() === true
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

/** Creates a folder, unless another process has just created it. */
const makeFolder = (folder: Step, name: string, mode: number | undefined): Stats | undefined => {
  try {
    mkdirSync(`${folder.path}/${name}`, { mode })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return folder.lstat(name)
}

/**
 * Opens a folder of this machine, one path component at a time. It follows links of root and of the acting user, in folders
 * where other users cannot create them.
 *
 * @returns undefined if it does not exist and is not created.
 * @throws `write-failed` for a link that other users control; the error of the system if it cannot be opened or created.
 */
export const enterLocalFolder = (
  path: string,
  {
    make = false,
    mode,
  }: {
    /** Whether missing folders are created; false by default. */
    readonly make?: boolean
    /** The mode of folders that it creates, such as 0o700; by default 0o777 without the bits of the umask. */
    readonly mode?: number
  } = {},
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
      found = here.lstat(name) ?? (make ? makeFolder(here, name, mode) : undefined)
      if (found?.isSymbolicLink() === true) {
        hops += 1
        if (hops > 40) throw new Error(`${full} has too many links, or a link to itself`)
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
