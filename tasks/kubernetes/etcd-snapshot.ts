import { CoxswainError, defineTask, drift, duration, ok, remotePath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { alarmsOf, refuseRaised } from './etcd/alarms.ts'
import { requireMembers } from './etcd/members.ts'
import { freeSpaceFor, snapshotFolder, snapshotsIn, takeSnapshot } from './etcd/snapshots.ts'
import { mebibytes, requireStatus } from './etcd/status.ts'
import type { MemberStatus } from './etcd/status.ts'

/** The parameter with the name of the cluster in names of snapshots. */
export const clusterParam = () =>
  z
    .string()
    .regex(/^\w[\w.-]{0,99}$/, 'must be letters, digits, dots, dashes and underscores')
    .default('kubernetes')
    .describe('the name of the cluster, which the names of its snapshots begin with')

/** The parameter with the number of snapshots that stay. */
export const keepParam = () => z.coerce.number<number | string>().int().min(1).default(7)

/** The name under which a snapshot is predicted under `--check`. */
export const newSnapshot = 'a new snapshot of etcd'

/**
 * Whether a host has a recent snapshot.
 *
 * @throws `task-failed` for one that is dated in the future: it would count as recent until then.
 */
const hasRecent = async (
  { remote, host }: CheckContext,
  { folder, cluster, maxAge }: { readonly folder: string; readonly cluster: string; readonly maxAge: number },
): Promise<boolean> => {
  const [clock, [newest]] = await Promise.all([
    remote.query`date +%s`.text(),
    snapshotsIn(remote, folder, cluster),
  ])
  if (newest === undefined) return false
  const age = Number(clock) * 1000 - newest.taken
  if (age >= 0) return age <= maxAge * 1000
  throw new CoxswainError(
    'task-failed',
    `${newest.path} on ${host.name} is dated ${-age / 1000} s in the future, so its age is unknown`,
    {
      hint: `check the clock of ${host.name} (date -u); if it is right, move ${newest.path} to another folder`,
    },
  )
}

/** @throws `task-failed` if the snapshot, and the same again for its verification, do not fit. */
const refuseFull = async ({ remote, host }: CheckContext, folder: string, { size }: MemberStatus) => {
  const free = await freeSpaceFor(remote, folder)
  if (!(free < 2.5 * size)) return
  throw new CoxswainError(
    'task-failed',
    `${host.name} has ${mebibytes(free)} free for ${folder}, and ${mebibytes(2.5 * size)} are needed for the snapshot and its verification`,
    { hint: 'make room, or set another folder' },
  )
}

/** @throws `task-failed` if the member cannot be saved: a snapshot of data that differs from the others' is worth nothing. */
const refuseCorrupt = async (ctx: CheckContext, { memberId }: MemberStatus) => {
  const { raised } = await alarmsOf(ctx, await requireMembers(ctx))
  refuseRaised(raised.filter((alarm) => alarm.name === 'CORRUPT' && alarm.memberId === memberId))
}

/**
 * Takes a snapshot of the etcd member of a host, unless there is a recent one.
 *
 * It works without a quorum, too: the member then sends what it has.
 */
export const etcdSnapshot = defineTask({
  name: 'etcd-snapshot',
  description:
    'Saves a snapshot of etcd on a host, complete and readable by root only, unless there is a recent one.',
  reads: 'the snapshots in the folder, the status and the alarms of the etcd member, and the free space',
  example: { cluster: 'prod' },
  params: () =>
    z.object({
      cluster: clusterParam(),
      folder: remotePath().default(snapshotFolder).describe('the folder of the snapshots on the host'),
      maxAge: duration().default(300).describe('seconds for which a snapshot counts as recent'),
      timeout: duration().default(1800).describe('seconds for the transfer, at most'),
    }),
  title: ({ cluster }) => `a snapshot of etcd of ${cluster}`,

  makes: () => [newSnapshot],

  async check(ctx, given) {
    const { cluster, folder } = given
    if (await hasRecent(ctx, given)) return ok()
    const status = await requireStatus(ctx)
    await Promise.all([refuseFull(ctx, folder, status), refuseCorrupt(ctx, status)])
    const to = `${mebibytes(status.size)}, revision ${status.revision} or later`
    return drift({ what: `snapshot of ${cluster} in ${folder}`, to })
  },

  async apply(ctx, { folder, cluster, timeout }) {
    const { revision } = await requireStatus(ctx)
    const taken = await takeSnapshot(ctx, { folder, cluster, revision, seconds: timeout })
    ctx.log(`${taken.path}: revision ${taken.revision}, sha256 ${taken.sha256}`)
  },
})
