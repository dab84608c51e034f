/** The proof that a snapshot on a host can be restored, and what is remembered of it. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, RemoteReader } from '../../../engine/index.ts'
import { authority, pairOf, proofOf, unprovenEnding, unprovenIn } from './snapshots.ts'
import type { StoredSnapshot } from './snapshots.ts'

const verifyProgram = shellFile(import.meta.url, 'verify-snapshot.sh')

/** What an etcd says that was restored from a snapshot. */
export interface VerifiedSnapshot {
  readonly revision: string
  /** How many objects of Kubernetes it has. */
  readonly objects: number
}

const reasons: Readonly<Record<number, string>> = {
  101: 'no etcd of kubeadm runs there, whose programs could restore it',
  102: 'it cannot be restored',
  103: 'the etcd that was restored from it does not respond',
}

/** Whether a snapshot was restored once, and has not changed since. */
export const isProven = async (remote: RemoteReader, { path, proven }: StoredSnapshot): Promise<boolean> => {
  if (!proven) return false
  const [said, sum] = await Promise.all([remote.read(proofOf(path)), remote.sha256(path)])
  return sum !== undefined && said?.trim() === sum
}

/**
 * Renames a snapshot that failed its proof, so that it does not count any more, and removes those that failed before.
 *
 * @returns its new path.
 */
const setAside = async (
  { remote }: ApplyContext,
  { path }: StoredSnapshot,
  folder: string,
  cluster: string,
): Promise<string> => {
  for (const former of await unprovenIn(remote, folder, cluster)) await remote.remove(former.path)
  await remote.remove(proofOf(path))
  await remote.run`mv -f ${path} ${`${path}${unprovenEnding}`}`
  return `${path}${unprovenEnding}`
}

/**
 * Restores a snapshot into an etcd of its own on the host, which is removed again, and writes down that this was possible.
 *
 * @throws `task-failed` if that fails, or if nothing of Kubernetes is in it: the snapshot then no longer counts.
 */
export const proveSnapshot = async (
  ctx: ApplyContext,
  snapshot: StoredSnapshot,
  folder: string,
  cluster: string,
): Promise<VerifiedSnapshot> => {
  const { remote, host } = ctx
  const { path } = snapshot
  const sum = (await remote.sha256(path)) ?? ''
  const words = [path, authority, ...pairOf('server'), ...pairOf('healthcheck-client'), 120]
  const { code, stdout, stderr } = await remote.run({
    timeout: 600,
    label: `restore ${path} into an etcd of its own`,
  })`${shellProgram(verifyProgram, ...words)}`.result()
  const field = (name: string): string => new RegExp(`^"${name}" : (\\d+)$`, 'm').exec(stdout)?.[1] ?? '0'
  const objects = Number(field('Count'))
  if (code === 0 && objects > 0) {
    await remote.write(proofOf(path), `${sum}\n`, { mode: '0600' })
    return { revision: field('Revision'), objects }
  }
  const failed = code === 0 || code === 102 || code === 103
  const why =
    code === 0 ? 'it does not have an object of Kubernetes' : (reasons[code] ?? `exit status ${code}`)
  const place = failed ? `. It is now ${await setAside(ctx, snapshot, folder, cluster)}` : ''
  throw new CoxswainError(
    'task-failed',
    `the snapshot ${path} on ${host.name} is not proven: ${why}${place}`,
    {
      output: stderr.trim() || undefined,
      hint: failed
        ? 'run again, which takes another one; if that fails as well, take it from another member'
        : code === 101
          ? 'run it on a host whose etcd runs'
          : 'run again: the snapshot is still there',
    },
  )
}
