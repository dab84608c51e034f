/** Files and links of other users on this machine, and their state. Needs root. */
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'

/** A user ID without an account. */
export const other = 65_534

/** Creates a link that belongs to a user. */
export const linkOf = (owner: number, target: string, path: string): void => {
  symlinkSync(target, path)
  lchownSync(path, owner, owner)
}

/** Creates a file, or a folder if the name ends with /, that belongs to a user. */
export const ownedBy = (owner: number, path: string, mode: number): void => {
  if (path.endsWith('/')) mkdirSync(path)
  else writeFileSync(path, 'x')
  chownSync(path, owner, owner)
  chmodSync(path, mode)
}

/** Returns the octal permissions of a path, following links. */
export const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)

/** Returns owner, group and permissions of a path, without following links. */
export const ownershipOf = (path: string): string => {
  const { uid, gid, mode } = lstatSync(path)
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`
}
