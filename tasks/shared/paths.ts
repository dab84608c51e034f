/** Paths on hosts, as text. Pure. */
import { remotePath } from '../../engine/index.ts'

/**
 * A path in its plain form, as the kernel lists it: no slash twice, no `/./`, no slash at its end. `..` stays, for a link may
 * stand before it.
 */
export const plainPath = (path: string): string =>
  path
    .replaceAll(/\/(?:\.?\/)+/g, '/')
    .replace(/(?<=\/)\.$/, '')
    .replace(/(?<=.)\/$/, '')

/** A path that can name only a folder: it ends with a slash, `/.` or `/..`. */
const folderName = /\/\.{0,2}$/

/** Whether a path can name a file. */
export const canBeFile = (path: string): boolean => !folderName.test(path)

/** What to say where a folder is named and a file is needed. */
export const folderNamed = 'the path of a file does not end with a slash, /. or /..'

/** An absolute path of a file on a host. */
export const remoteFile = () => remotePath().refine(canBeFile, folderNamed)
