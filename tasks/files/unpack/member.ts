/** The members of an archive, from its index. Pure. */
import { CoxswainError } from '../../../engine/index.ts'

export interface Member {
  /** Relative to the destination: `./a/b`. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  /** Of files. */
  readonly size: number | undefined
  /** Of files: the SHA-256 in lower-case hex; undefined if unknown. */
  readonly sha256?: string | undefined
  /** Of links. */
  readonly target: string
}

/** A member with the name that is in the archive. */
export interface RawMember extends Omit<Member, 'path'> {
  readonly name: string
  /** Of a hard link: the name of the member that it links to. */
  readonly same?: string | undefined
}

export const unreadableArchive = (path: string, why: string, cause?: unknown): CoxswainError =>
  new CoxswainError('task-failed', `${path} cannot be read as an archive: ${why}`, {
    cause,
    hint: 'check that it is complete: tar, plain or gzip, or zip on this machine; on the host, tar as its own tar reads it',
  })

const untrusted = (message: string): CoxswainError =>
  new CoxswainError('task-failed', message, {
    hint: 'do not trust this archive; if you need it, unpack it by hand',
  })

const partsOf = (name: string): string[] => name.split('/').filter((part) => part !== '' && part !== '.')

/**
 * The path of a member below the destination, without the first `strip` parts; undefined if no part is left.
 *
 * @throws `task-failed` for a name that leads out of the destination.
 */
export const memberPath = (archive: string, name: string, strip: number): string | undefined => {
  const parts = partsOf(name)
  if (name.startsWith('/') || parts.includes('..'))
    throw untrusted(`${archive} would be unpacked outside of the folder: ${name}`)
  const left = parts.slice(strip)
  return left.length === 0 ? undefined : `./${left.join('/')}`
}

/** The parent folders of a path: `./a` and `./a/b` for `./a/b/c`. */
const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1, -1)
    .map((_, at, parts) => `./${parts.slice(0, at + 1).join('/')}`)

/**
 * The members below the destination, the last one of each name. A hard link has the content of the member that it links to.
 *
 * @param special whether devices, pipes and sockets are allowed.
 * @throws `task-failed` for members that lead out of the destination: by name, by hard link, or below a link of the
 * archive.
 */
export const membersBelow = (
  archive: string,
  index: readonly RawMember[],
  { strip, special }: { readonly strip: number; readonly special: boolean },
): Member[] => {
  const members = new Map<string, Member>()
  const files = new Map<string, RawMember>()
  // all paths that were a link at any time
  const links = new Set<string>()
  for (const { name, same, ...member } of index) {
    const path = memberPath(archive, name, strip)
    const first = same === undefined ? undefined : files.get(partsOf(same).join('/'))
    if (same !== undefined && first === undefined)
      throw untrusted(`${archive} contains a hard link to a file outside of it: ${name} to ${same}`)
    const found = { ...member, ...(first && { size: first.size, sha256: first.sha256 }) }
    if (found.kind === 'other' && !special)
      throw new CoxswainError('task-failed', `${archive} contains a device, pipe or socket: ${name}`, {
        hint: 'set special=true to unpack it anyway, if you trust its author',
      })
    if (found.kind === 'file') files.set(partsOf(name).join('/'), { ...found, name })
    if (path === undefined) continue
    if (found.kind === 'link') links.add(path)
    members.set(path, { ...found, path })
  }
  for (const { path } of members.values()) {
    const link = foldersOf(path).find((folder) => links.has(folder))
    if (link !== undefined)
      throw untrusted(`${archive} would be unpacked through a link of its own: ${path} through ${link}`)
  }
  return [...members.values()]
}
