/** Files that Coxswain finds by itself: they are refused where another user could have written them, as what they hold is run. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import { isLeftOut } from '../../inventory/sources/kinds.ts'
import { followPath } from './trusted-path.ts'
import type { TrustedPath } from './trusted-path.ts'

/** The most bytes of a file that is read to see whether it has settings. */
const most = 16 * 1024 * 1024

/** The user that runs this process; undefined on Windows, where files have no such owners. */
const myself = (): number | undefined => process.getuid?.()

/** A path as it is typed from the working folder. */
export const typed = (path: string): string => relative(process.cwd(), path) || '.'

const unsafe = (shown: string, { path, fault }: TrustedPath, way: string): CoxswainError | undefined => {
  if (fault === undefined) return undefined
  const because = fault.path === path ? `: ${fault.why}` : ` because of ${fault.path}: ${fault.why}`
  const at = fault.path === path ? shown : fault.path
  return new CoxswainError('config-unsafe', `${shown} is not read${because}`, {
    hint: `check what it holds, then make it yours: chown ${myself() ?? ''} ${at}; chmod go-w ${at}${way}`,
  })
}

/** What is allowed of a path. */
interface Allowed {
  /** Another way out than to change owner and mode. */
  readonly way?: string
  /** Whether it can be a folder. */
  readonly folder?: boolean
  /** A folder that was judged, which the path is in. */
  readonly inside?: TrustedPath
}

/** Follows a path and refuses an unsafe one; undefined on Windows. */
const judge = (
  path: string,
  shown: string,
  { way = '', folder = false, inside }: Allowed,
): TrustedPath | undefined => {
  const me = myself()
  if (me === undefined) return undefined
  let found: TrustedPath
  try {
    found = followPath(path, me, inside)
  } catch (cause) {
    throw new CoxswainError('config-unsafe', `${shown} is not read: its owner cannot be determined`, {
      cause,
      hint: `check the permissions of the folders above it${way}`,
    })
  }
  const error = unsafe(shown, found, way)
  if (error !== undefined) throw error
  const { stats } = found
  if (stats === undefined || stats.isFile() || (folder && stats.isDirectory())) return found
  throw new CoxswainError('config-unsafe', `${shown} is not read: it is not a regular file`, {
    hint: `remove it, or put a file in its place${way}`,
  })
}

/**
 * Refuses a file that another user could have written or replaced, as sshd does with `StrictModes`: it and every folder and
 * link that leads to it must belong to this user or root, and not be writable by others. What is read from its path
 * afterwards is what was judged.
 *
 * @throws `config-unsafe`; `config-invalid` for a dangling link.
 */
export const refuseUntrusted = (file: string, shown = typed(file)): void => {
  const found = judge(file, shown, {})
  if (found === undefined || found.stats !== undefined) return
  throw new CoxswainError('config-invalid', `${shown} is a dangling link`, {
    hint: 'remove it, or let it lead to a file',
  })
}

/** Refuses what is unsafe in a folder that exists, and in those below it. */
const refuseBelow = (
  folder: TrustedPath,
  shown: string,
  isSkipped: (name: string) => boolean,
  way: string,
  seen: Set<string>,
): void => {
  if (seen.has(folder.path)) return
  seen.add(folder.path)
  for (const name of readdirSync(folder.path).toSorted()) {
    if (isSkipped(name)) continue
    const path = join(shown, name)
    const found = judge(name, path, { way, folder: true, inside: folder })
    if (found?.stats?.isDirectory() === true) refuseBelow(found, path, isSkipped, way, seen)
  }
}

/** Refuses unsafe `group_vars/` and `host_vars/` in a folder, which exists. */
const refuseVariables = (base: string, way: string): void => {
  for (const name of ['group_vars', 'host_vars']) {
    const path = join(base, name)
    const found = judge(path, path, { way, folder: true })
    if (found?.stats?.isDirectory() === true)
      refuseBelow(found, path, (one) => /^\.|~$/.test(one), way, new Set())
  }
}

/**
 * Refuses an inventory that another user could have written: the file, or the folder with its entries, and the variables
 * beside it.
 *
 * @param inventory a path of a file or folder.
 * @throws `config-unsafe`; `config-invalid` for a dangling link.
 */
export const refuseUntrustedInventory = (inventory: string): void => {
  const way = '; -i takes any file'
  const found = judge(inventory, inventory, { way, folder: true })
  if (found === undefined) return
  if (found.stats === undefined)
    throw new CoxswainError('config-invalid', `${inventory} is a dangling link`, {
      hint: `remove it, or let it lead to an inventory${way}`,
    })
  const isFolder = found.stats.isDirectory()
  if (isFolder) refuseBelow(found, inventory, isLeftOut, way, new Set())
  refuseVariables(isFolder ? inventory : dirname(inventory), way)
}

/**
 * Refuses a playbook or task file that another user could have written, and such variables beside it.
 *
 * @throws `config-unsafe`; `config-invalid` for a dangling link.
 */
export const refuseUntrustedPlaybook = (file: string): void => {
  refuseUntrusted(file, file)
  refuseVariables(dirname(file), '')
}

/** A file that was opened once. */
export interface OpenedFile {
  readonly text: string
  /**
   * Refuses it if another user could have written it.
   *
   * @throws `config-unsafe`.
   */
  readonly refuseUntrusted: () => void
}

/** Opens a file without waiting for a FIFO; undefined where it cannot be opened. */
const openNow = (file: string): number | undefined => {
  try {
    return openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined
  }
}

/**
 * Reads a regular file from one descriptor; undefined where there is none, or it cannot be read. What is judged later is the
 * file that was read.
 */
export const readFound = (file: string): OpenedFile | undefined => {
  const descriptor = openNow(file)
  if (descriptor === undefined) return undefined
  try {
    const read = fstatSync(descriptor)
    if (!read.isFile() || read.size > most) return undefined
    return {
      text: readFileSync(descriptor, 'utf8'),
      refuseUntrusted: () => {
        const shown = typed(file)
        const found = judge(file, shown, {})
        if (found === undefined || (found.stats?.ino === read.ino && found.stats.dev === read.dev)) return
        throw new CoxswainError('config-unsafe', `${shown} is not read: it was replaced meanwhile`)
      },
    }
  } catch {
    return undefined
  } finally {
    closeSync(descriptor)
  }
}
