/** What has to be done to a folder on a host so that it equals one here. Pure. */
import { CoxswainError, modeFor } from '../../../engine/index.ts'
import type { Attributes, Change } from '../../../engine/index.ts'
import type { LocalEntry } from './local-tree.ts'
import type { RemoteEntry, RemoteTree } from './remote-tree.ts'

/** How the folder shall be, beyond what is in it. */
export interface TreeWishes {
  readonly dest: string
  readonly owner?: string | undefined
  readonly group?: string | undefined
  /** Octal digits: of every file; as it is here when absent. */
  readonly mode?: string | undefined
  /** Octal digits: of every folder; new ones are as here, and old ones as they are, when absent. */
  readonly directoryMode?: string | undefined
  /** Whether what is not here goes. */
  readonly delete: boolean
  readonly follow?: boolean | undefined
}

/** Something to be sent, and as whose. */
export interface Sending {
  readonly entry: LocalEntry
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export interface TreePlan {
  readonly changes: readonly Change[]
  /** How the folder itself is made; undefined where it is there. */
  readonly root: Attributes | undefined
  readonly send: readonly Sending[]
  /** Paths by the mode that they shall be given, octal digits; what is sent comes with its own. */
  readonly modes: ReadonlyMap<string, readonly string[]>
  /** Paths that are there and whose owner or group shall change. */
  readonly owners: readonly string[]
  readonly remove: readonly string[]
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

/** The mode that something shall have; undefined where any will do. */
const wantedMode = (
  entry: LocalEntry,
  there: RemoteEntry | undefined,
  { mode, directoryMode }: TreeWishes,
): number | undefined => {
  if (entry.kind === 'link') return undefined
  const told = entry.kind === 'file' ? mode : directoryMode
  if (told !== undefined) {
    const has = { type: entry.kind, there: octal(there?.mode ?? 0) }
    return Number.parseInt(modeFor(told, has), 8)
  }
  // a checkout has the modes of whoever made it: they are no reason to change a folder that is there
  return entry.kind === 'directory' && there !== undefined ? undefined : entry.mode
}

/** Whether it belongs to whom it shall, by name or number. */
export const isOwnedBy = (
  there: RemoteEntry,
  { owner, group }: Pick<TreeWishes, 'owner' | 'group'>,
): boolean => {
  const fits = (wanted: string | undefined, name: string | undefined, id: number | undefined): boolean =>
    wanted === undefined || wanted === name || wanted === String(id)
  return fits(owner, there.owner, there.uid) && fits(group, there.group, there.gid)
}

const inTheWay = (path: string, what: string): CoxswainError =>
  new CoxswainError('task-failed', `${path} ${what}`, { hint: 'move it away first' })

/** @throws `task-failed` where a folder would have to make room for something else, or the other way round. */
const refuseConflict = (path: string, entry: LocalEntry, there: RemoteEntry): void => {
  if (entry.kind === 'directory' && there.kind !== 'directory' && entry.path !== '.')
    throw inTheWay(path, 'exists, but is not a folder')
  if (entry.kind !== 'directory' && there.kind === 'directory')
    throw inTheWay(path, `is a folder there, and a ${entry.kind} here`)
}

const hasContent = (entry: LocalEntry, there: RemoteEntry): boolean => {
  if (entry.kind === 'file') return there.kind === 'file' && there.sha256 === entry.sha256
  return entry.kind === 'directory' || (there.kind === 'link' && there.target === entry.target)
}

const told = (entry: LocalEntry | RemoteEntry | undefined): string | undefined => {
  if (entry === undefined) return undefined
  if (entry.kind === 'file') return `${entry.size} bytes, sha256 ${entry.sha256?.slice(0, 12)}…`
  if (entry.kind === 'link') return `a link to ${entry.target}`
  return entry.kind === 'directory' ? 'a folder' : 'something else'
}

/** Changes that are told one by one. */
const most = 50

/** So many of them as a person reads; the rest is counted. */
export const fewer = (changes: readonly Change[], dest: string): readonly Change[] =>
  changes.length <= most
    ? changes
    : [...changes.slice(0, most), { what: `${changes.length - most} more in ${dest}`, to: 'as here' }]

/** What is there and not here; of a folder that goes, not what is in it. */
const extrasOf = (local: readonly LocalEntry[], all: readonly string[]): string[] => {
  const known = new Set(local.map(({ path }) => path))
  const extras = new Set(all.filter((path) => !known.has(path)))
  const parent = (path: string): string => path.slice(0, path.lastIndexOf('/'))
  return [...extras].filter((path) => !extras.has(parent(path))).toSorted()
}

/**
 * What has to be done.
 *
 * @throws `task-failed` when a folder on the host is where something else is here, or the other way round.
 */
export const planTree = (local: readonly LocalEntry[], there: RemoteTree, wishes: TreeWishes): TreePlan => {
  const { dest } = wishes
  const at = (path: string): string => (path === '.' ? dest : `${dest.replace(/\/$/, '')}${path.slice(1)}`)
  const changes: Change[] = []
  const send: Sending[] = []
  const modes = new Map<string, string[]>()
  const owners: string[] = []
  let root: Attributes | undefined
  const { owner, group } = wishes
  const ownerTold = owner !== undefined || group !== undefined
  const holdMode = (path: string, mode: number): void => {
    // five digits: what a folder keeps is in it already
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
    // chown takes set-user-id away, wherever it comes from
    const isSpecial = mode !== undefined && (mode & 0o7000) !== 0 && ownerTold
    if (found === undefined || !hasContent(entry, found)) {
      changes.push({ what: at(path), from: told(found), to: told(entry) })
      if (path === '.') root = { owner, group, mode: octal(mode ?? 0o755) }
      else {
        const whose = { uid: found?.uid ?? there.uid, gid: found?.gid ?? there.gid }
        send.push({ entry, mode: mode ?? 0o777, ...whose })
        if (isSpecial) holdMode(path, mode)
      }
      continue
    }
    const wrongOwner = entry.kind !== 'link' && ownerTold && !isOwnedBy(found, wishes)
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
  for (const path of remove) changes.push({ what: at(path), from: 'there, but not here' })
  return { changes: fewer(changes, dest), root, send, modes, owners, remove }
}
