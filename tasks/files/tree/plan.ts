/** Plans the changes that make a folder on a host equal to a local one. Pure. */
import { CoxswainError } from '../../../engine/index.ts'
import type { Attributes, Change } from '../../../engine/index.ts'
import { isSymbolic, modeOn } from '../../shared/modes.ts'
import type { LocalEntry } from './local-tree.ts'
import type { RemoteEntry, RemoteTree } from './remote-tree.ts'

/** The options of a copy of a folder. */
export interface TreeOptions {
  readonly dest: string
  readonly owner?: string | undefined
  readonly group?: string | undefined
  /** Octal digits or a symbolic mode, for all files; by default each file gets its local mode. */
  readonly mode?: string | undefined
  /** The same, for all folders; by default new folders get their local mode, and existing ones keep theirs. */
  readonly directoryMode?: string | undefined
  /** Whether to remove what does not exist locally. */
  readonly delete: boolean
  readonly follow?: boolean | undefined
}

/** An entry to send, with its mode, owner and group. */
export interface Sending {
  readonly entry: LocalEntry
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export interface TreePlan {
  readonly changes: readonly Change[]
  /** The attributes of the folder itself if it must be created. */
  readonly root: Attributes | undefined
  readonly send: readonly Sending[]
  /** Paths whose mode must change, by their new mode in octal digits; sent entries have their mode already. */
  readonly modes: ReadonlyMap<string, readonly string[]>
  /** Existing paths whose owner or group must change. */
  readonly owners: readonly string[]
  readonly remove: readonly string[]
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

/** The mode that an entry must have; undefined if it can have any. */
const wantedMode = (
  entry: LocalEntry,
  there: RemoteEntry | undefined,
  { mode, directoryMode }: TreeOptions,
): number | undefined => {
  if (entry.kind === 'link') return undefined
  const given = entry.kind === 'file' ? mode : directoryMode
  if (given !== undefined) {
    // a symbolic mode is applied to the mode of a new entry on this machine
    const base = there?.mode ?? (isSymbolic(given) ? (entry.mode ?? 0) : 0)
    return Number.parseInt(modeOn(given, { type: entry.kind, there: octal(base) }), 8)
  }
  // local modes depend on who created the folder, so they do not change the mode of an existing folder on the host
  return entry.kind === 'directory' && there !== undefined ? undefined : entry.mode
}

/** Whether an entry has the given owner and group, by name or number. */
export const isOwnedBy = (
  there: RemoteEntry,
  { owner, group }: Pick<TreeOptions, 'owner' | 'group'>,
): boolean => {
  const fits = (wanted: string | undefined, name: string | undefined, id: number | undefined): boolean =>
    wanted === undefined || wanted === name || wanted === String(id)
  return fits(owner, there.owner, there.uid) && fits(group, there.group, there.gid)
}

const inTheWay = (path: string, what: string): CoxswainError =>
  new CoxswainError('task-failed', `${path} ${what}`, { hint: 'move it away first' })

/** @throws `task-failed` if a folder would have to replace something else, or the other way round. */
const refuseConflict = (path: string, entry: LocalEntry, there: RemoteEntry): void => {
  if (entry.kind === 'directory' && there.kind !== 'directory' && entry.path !== '.')
    throw inTheWay(path, 'exists, but is not a folder')
  if (entry.kind !== 'directory' && there.kind === 'directory')
    throw inTheWay(path, `is a folder on the host, and a ${entry.kind} on this machine`)
}

const hasContent = (entry: LocalEntry, there: RemoteEntry): boolean => {
  if (entry.kind === 'file') return there.kind === 'file' && there.sha256 === entry.sha256
  return entry.kind === 'directory' || (there.kind === 'link' && there.target === entry.target)
}

const describeEntry = (entry: LocalEntry | RemoteEntry | undefined): string | undefined => {
  if (entry === undefined) return undefined
  if (entry.kind === 'file') return `${entry.size} bytes, sha256 ${entry.sha256?.slice(0, 12)}…`
  if (entry.kind === 'link') return `a link to ${entry.target}`
  return entry.kind === 'directory' ? 'a folder' : 'something else'
}

/** Maximum number of changes that are listed one by one. */
const maxListed = 50

/** The first changes one by one, and a count of the rest. */
export const fewer = (changes: readonly Change[], dest: string): readonly Change[] =>
  changes.length <= maxListed
    ? changes
    : [
        ...changes.slice(0, maxListed),
        { what: `${changes.length - maxListed} more in ${dest}`, to: 'as on this machine' },
      ]

/** Paths that exist on the host only. If a folder is removed, its content is not listed. */
const extrasOf = (local: readonly LocalEntry[], all: readonly string[]): string[] => {
  const known = new Set(local.map(({ path }) => path))
  const extras = new Set(all.filter((path) => !known.has(path)))
  const parent = (path: string): string => path.slice(0, path.lastIndexOf('/'))
  return [...extras].filter((path) => !extras.has(parent(path))).toSorted()
}

/**
 * Plans the changes.
 *
 * @throws `task-failed` if a folder on the host has the path of a local file, or the other way round.
 */
export const planTree = (local: readonly LocalEntry[], there: RemoteTree, wishes: TreeOptions): TreePlan => {
  const { dest } = wishes
  const at = (path: string): string => (path === '.' ? dest : `${dest.replace(/\/$/, '')}${path.slice(1)}`)
  const changes: Change[] = []
  const send: Sending[] = []
  const modes = new Map<string, string[]>()
  const owners: string[] = []
  let root: Attributes | undefined
  const { owner, group } = wishes
  const ownerGiven = owner !== undefined || group !== undefined
  const holdMode = (path: string, mode: number): void => {
    // five digits: the mode contains the bits that a folder keeps
    const digits = `0${octal(mode)}`
    const paths = modes.get(digits) ?? []
    paths.push(path)
    modes.set(digits, paths)
  }
  for (const entry of local) {
    const { path } = entry
    const found = there.entries?.get(path)
    if (found !== undefined) refuseConflict(at(path), entry, found)
    const mode = wantedMode(entry, found, wishes)
    // chown clears the set-user-ID bit
    const isSpecial = mode !== undefined && (mode & 0o7000) !== 0 && ownerGiven
    if (found === undefined || !hasContent(entry, found)) {
      changes.push({ what: at(path), from: describeEntry(found), to: describeEntry(entry) })
      if (path === '.') root = { owner, group, mode: octal(mode ?? 0o755) }
      else {
        const whose = { uid: found?.uid ?? there.uid, gid: found?.gid ?? there.gid }
        send.push({ entry, mode: mode ?? 0o777, ...whose })
        if (isSpecial) holdMode(path, mode)
      }
      continue
    }
    const wrongOwner = entry.kind !== 'link' && ownerGiven && !isOwnedBy(found, wishes)
    if (wrongOwner) {
      owners.push(path)
      const whose = `${owner ?? found.owner}:${group ?? found.group}`
      changes.push({ what: `owner of ${at(path)}`, from: `${found.owner}:${found.group}`, to: whose })
    }
    if (mode === undefined || found.mode === undefined) continue
    if (found.mode !== mode)
      changes.push({ what: `mode of ${at(path)}`, from: octal(found.mode), to: octal(mode) })
    if (found.mode !== mode || (wrongOwner && isSpecial)) holdMode(path, mode)
  }
  const remove = wishes.delete ? extrasOf(local, there.all) : []
  for (const path of remove) changes.push({ what: at(path), from: 'on the host only' })
  return { changes: fewer(changes, dest), root, send, modes, owners, remove }
}
