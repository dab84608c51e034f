/** Snapshots of etcd on a host: their names, and how they are taken. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext, RemoteReader } from '../../../engine/index.ts'
import { pki } from '../kubeadm/paths.ts'
import { logsOf } from './ways-out.ts'

const saveProgram = shellFile(import.meta.url, 'save-snapshot.sh')
const freeSpaceProgram = shellFile(import.meta.url, 'free-space.sh')

/** The certificate of the authority of etcd. */
export const authority = `${pki}/etcd/ca.crt`

/** A certificate of etcd and its key. */
export const pairOf = (name: string): string[] => ['crt', 'key'].map((kind) => `${pki}/etcd/${name}.${kind}`)

/** Where snapshots are on a host. */
export const snapshotFolder = '/var/backups/etcd'

/** A snapshot, as its name says. */
export interface Snapshot {
  readonly name: string
  readonly path: string
  /** When it was taken, in milliseconds since 1970, by the clock of its host. */
  readonly taken: number
  /** A text of digits. */
  readonly revision: string
}

/** A snapshot in a folder of a host. */
export interface StoredSnapshot extends Snapshot {
  /** Whether a file says that it was restored once. */
  readonly proven: boolean
}

/** The file that says that a snapshot was restored: it has the SHA-256 of the snapshot. */
export const proofOf = (path: string): string => `${path}.proven`

/** The ending of a snapshot that failed its proof: it counts as nothing, and is kept for a look at it. */
export const unprovenEnding = '.unproven'

const pattern = /^(.+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-r(\d+)\.db$/

/** What the name of a file says; undefined if it is not the snapshot of this cluster. */
export const snapshotNamed = (name: string, cluster: string, folder: string): Snapshot | undefined => {
  const [, own, year, month, day, hour, minute, second, revision] = pattern.exec(name) ?? []
  if (own !== cluster || revision === undefined) return undefined
  const taken = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return { name, path: `${folder}/${name}`, taken, revision }
}

/** The bytes that are free for a folder of a host, which can be missing; NaN if df does not say it. */
export const freeSpaceFor = async (remote: RemoteReader, folder: string): Promise<number> => {
  const { stdout } = await remote.query`${shellProgram(freeSpaceProgram, folder)}`.result()
  return Number(stdout.trim().split('\n').at(-1)?.split(/\s+/)[3]) * 1024
}

/** The snapshots of a cluster in a folder of a host, the newest first; none that failed its proof. */
export const snapshotsIn = async (
  remote: RemoteReader,
  folder: string,
  cluster: string,
): Promise<StoredSnapshot[]> => {
  const names = new Set(await remote.list(folder))
  return [...names]
    .flatMap((name) => snapshotNamed(name, cluster, folder) ?? [])
    .map((snapshot) => ({ ...snapshot, proven: names.has(proofOf(snapshot.name)) }))
    .toSorted((one, other) => other.taken - one.taken)
}

/** The snapshots of a cluster in a folder of a host that failed their proof, with the paths they have now. */
export const unprovenIn = async (
  remote: RemoteReader,
  folder: string,
  cluster: string,
): Promise<Snapshot[]> =>
  ((await remote.list(folder)) ?? [])
    .filter((name) => name.endsWith(unprovenEnding))
    .flatMap((name) => {
      const found = snapshotNamed(name.slice(0, -unprovenEnding.length), cluster, folder)
      return found === undefined ? [] : [{ ...found, name, path: `${folder}/${name}` }]
    })

/** The newest snapshot of a cluster, which must exist. */
export const newestSnapshot = async (
  { remote, host }: CheckContext,
  folder: string,
  cluster: string,
): Promise<StoredSnapshot> => {
  const [newest] = await snapshotsIn(remote, folder, cluster)
  if (newest !== undefined) return newest
  throw new CoxswainError('task-failed', `${host.name} does not have a snapshot of ${cluster} in ${folder}`, {
    hint: 'take one with etcd-snapshot',
  })
}

/** A snapshot that was just taken. */
export interface TakenSnapshot {
  readonly path: string
  readonly revision: string
  /** Of the database, as the end of the file has it. */
  readonly sha256: string
}

/**
 * Takes a snapshot of the etcd member of a host.
 *
 * @param revision the member's, right before.
 * @throws `task-failed` if the member does not send a complete one.
 */
export const takeSnapshot = async (
  { remote, host }: ApplyContext,
  {
    folder,
    cluster,
    revision,
    seconds,
  }: {
    readonly folder: string
    readonly cluster: string
    readonly revision: string
    readonly seconds: number
  },
): Promise<TakenSnapshot> => {
  const words = [authority, ...pairOf('healthcheck-client'), folder, cluster, revision, seconds]
  const { code, stdout, stderr } = await remote.run({
    timeout: seconds + 120,
    label: 'save a snapshot of etcd',
  })`${shellProgram(saveProgram, ...words)}`.result()
  const [path, exact, sha256] = stdout.trim().split('\t')
  if (code === 0 && path !== undefined && exact !== undefined && sha256 !== undefined)
    return { path, revision: exact, sha256 }
  const why =
    code === 101
      ? 'neither curl nor kubectl is installed'
      : stderr.trim().split('\n').join('; ').slice(0, 1500) || `exit status ${code}`
  throw new CoxswainError('task-failed', `no snapshot of etcd on ${host.name}: ${why}`, {
    hint: `check etcd (${logsOf('etcd')}) and the disk of ${folder}, and run again: nothing incomplete is left`,
  })
}
