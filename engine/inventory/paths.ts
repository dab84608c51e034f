/** What is at a path. */
import { lstat, stat } from 'node:fs/promises'

/** Whether a path is a folder, or a link to one. */
export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false

/** Whether a path is a link to nothing. */
export const isDangling = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) === undefined &&
  ((await lstat(path).catch(() => undefined))?.isSymbolicLink() ?? false)

/** What a warning says of a link to nothing. */
export const danglingLink = 'a link that leads nowhere is passed over'
