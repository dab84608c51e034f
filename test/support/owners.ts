/** Files and links of this machine that belong to other users, and what became of them. They take root. */
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

/** A user that is neither root nor anyone's login. */
export const other = 65_534

/** A link of an owner. */
export const linkOf = (owner: number, target: string, path: string): void => {
  symlinkSync(target, path)
  lchownSync(path, owner, owner)
}

/** A file, or a folder where the name ends with /, of an owner. */
export const ownedBy = (owner: number, path: string, mode: number): void => {
  if (path.endsWith('/')) mkdirSync(path)
  else writeFileSync(path, 'x')
  chownSync(path, owner, owner)
  chmodSync(path, mode)
}

/** The permissions of what a path leads to, octal. */
export const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)

/** Owner, group and permissions of what has a path itself. */
export const ownershipOf = (path: string): string => {
  const { uid, gid, mode } = lstatSync(path)
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`
}
