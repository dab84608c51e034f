/** Checks paths. */
import { lstat, stat } from 'node:fs/promises'

/** Whether a path is a folder, or a link to one. */
export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false

/** Whether a path is a dangling link. */
export const isDangling = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) === undefined &&
  ((await lstat(path).catch(() => undefined))?.isSymbolicLink() ?? false)

/** The warning about a dangling link. */
export const danglingLink = 'a dangling link is skipped'
