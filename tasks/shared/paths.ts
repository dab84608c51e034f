/** Paths on hosts, as text. Pure. */
import { remotePath } from '../../engine/index.ts'

/**
 * A path in normalized form, as the kernel lists it: no double slash, no `/./`, no slash at the end. `..` is kept, because
 * the part before it can be a link.
 */
export const plainPath = (path: string): string =>
  path
    .replaceAll(/\/(?:\.?\/)+/g, '/')
    .replace(/(?<=\/)\.$/, '')
    .replace(/(?<=.)\/$/, '')

/** Matches a path that can only name a folder: it ends with a slash, `/.` or `/..`. */
const folderName = /\/\.{0,2}$/

/** Whether a path can name a file. */
export const canBeFile = (path: string): boolean => !folderName.test(path)

/** The message for a folder where a file is needed. */
export const folderNamed = 'the path of a file must not end with a slash, /. or /..'

/** An absolute path of a file on a host. */
export const remoteFile = () => remotePath().refine(canBeFile, folderNamed)
