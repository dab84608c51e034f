/** Folders that only their owner can write to. */
import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname } from 'node:path'

/** Creates a folder and its parents. Node's recursive `mkdir` loops forever where the file system refuses, such as in `/proc`. */
const makeFolder = (folder: string): void => {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // another run can have created it
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    if (!statSync(folder).isDirectory()) throw error
  }
}

/**
 * Why the content of a folder cannot be trusted: another user can write to it. Undefined if it is trusted or does not exist.
 *
 * @param advice what to do if it belongs to another user.
 */
export const folderFault = (folder: string, advice: string): string | undefined => {
  let found: Stats
  try {
    found = statSync(folder)
  } catch {
    // using the folder reports the error
    return undefined
  }
  if (process.getuid === undefined) return undefined
  if (found.uid !== process.getuid()) return `${folder} belongs to another user (id ${found.uid}); ${advice}`
  if ((found.mode & 0o022) !== 0)
    return `other users can write to ${folder}; check its content, then run chmod go-w ${folder}`
  return undefined
}

/**
 * Creates a folder for its owner only. The target of a symbolic link keeps its mode, as it can have other uses.
 *
 * @throws the error of the file system, or an error that says why the folder cannot be trusted.
 */
export const makePrivate = (folder: string, advice: string): void => {
  makeFolder(folder)
  const why = folderFault(folder, advice)
  if (why !== undefined) throw new Error(why)
  const found = lstatSync(folder)
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) !== 0)
    chmodSync(folder, 0o700)
}
