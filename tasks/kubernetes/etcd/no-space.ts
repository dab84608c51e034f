/** Room in the databases of etcd, after one of them has reached the quota. */
import { CoxswainError, isCoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { allRespond, quorumAfter } from './arithmetic.ts'
import { databasesOf } from './databases.ts'
import type { Database } from './databases.ts'
import { change, failedRequest } from './gateway.ts'
import type { Request } from './gateway.ts'
import { nameOf } from './members.ts'
import type { Member } from './members.ts'
import { requireAll, waitForAll } from './require-all.ts'
import { freeSpaceFor } from './snapshots.ts'
import { mebibytes, requireStatus } from './status.ts'
import { etcdData } from '../kubeadm/paths.ts'

/** The alarm of a database that has reached the quota. */
export const noSpace = 'NOSPACE'

/** The alarm is what is cured, and a learner only follows: it refuses to be defragmented. */
const tolerated = { alarm: noSpace, learners: true } as const

/** The share of the quota from which on there is not enough room: the alarm would soon be raised again. */
const full = 0.9

/** @throws `task-failed` if the request is not confirmed. */
export const insist = async (ctx: ApplyContext, request: Request, url?: string): Promise<void> => {
  const answer = await change(ctx.remote.run, request, url)
  if (answer.state !== 'answers') throw failedRequest(ctx, request, answer)
}

/**
 * Compacts the history up to the present revision. The API server, which does that every five minutes, cannot while writes are
 * refused: it notes each compaction with a write.
 */
const compact = async (ctx: ApplyContext): Promise<void> => {
  const { revision } = await requireStatus(ctx)
  const label = `compact the history up to revision ${revision}`
  const request = { path: 'kv/compaction', body: { revision, physical: true }, label, seconds: 300 }
  const answer = await change(ctx.remote.run, request)
  // an earlier run has done it, and nothing was written since
  if (answer.state === 'refuses' && /has been compacted/.test(answer.why)) return
  if (answer.state !== 'answers') throw failedRequest(ctx, request, answer)
  ctx.log(`the history of etcd is compacted up to revision ${revision}`)
}

const sizes = ({ size, used, quota }: Database): string =>
  `${mebibytes(size)} of ${mebibytes(quota)}, ${mebibytes(used)} in use`

const shortName = ({ name, peerUrl }: Member): string => name || peerUrl

const defragment = async (
  ctx: ApplyContext,
  members: readonly Member[],
  { member, url }: Database,
): Promise<void> => {
  const name = shortName(member)
  const step = { kind: 'away', id: member.id, while: `while ${name} is defragmented` } as const
  ctx.log(quorumAfter(members, allRespond(members), step).sum)
  const label = `defragment the ${nameOf(member)}`
  await insist(ctx, { path: 'maintenance/defragment', body: {}, label, seconds: 600 }, url)
  await waitForAll(ctx, 60, tolerated)
}

/** The free space for the data of a member on its host; undefined if that host cannot be asked. */
const freeFor = async (ctx: CheckContext, { member }: Database): Promise<number | undefined> => {
  try {
    const { remote } = member.name === ctx.host.name ? ctx : await ctx.on(member.name)
    const free = await freeSpaceFor(remote, etcdData)
    return Number.isNaN(free) ? undefined : free
  } catch (error) {
    // a member can have another name than its host, and a host can be away whose etcd is not
    if (ctx.signal.aborted || !isCoxswainError(error)) throw error
    return undefined
  }
}

/**
 * Checks that members can be defragmented: all respond, and there is room on their disks. A defragmentation writes a copy of what is in
 * use beside the database, and etcd can end where that does not fit (etcd issue 18810).
 *
 * @returns their databases, the leader's last.
 * @throws `task-failed` with the member that is in the way.
 */
export const requireDefragmentable = async (
  ctx: CheckContext,
): Promise<{ readonly members: readonly Member[]; readonly databases: readonly Database[] }> => {
  const members = await requireAll(ctx, 'etcd is not defragmented', tolerated)
  const databases = await databasesOf(
    ctx,
    members.filter(({ learner }) => !learner),
  )
  const free = await Promise.all(databases.map((one) => freeFor(ctx, one)))
  const tight = databases.flatMap(({ member, used }, at) => {
    const left = free[at]
    return left === undefined || left >= used
      ? []
      : [
          `the ${nameOf(member)} has ${mebibytes(left)} free on its disk, and needs ${mebibytes(used)} for a copy`,
        ]
  })
  if (tight.length === 0) return { members, databases }
  throw new CoxswainError('task-failed', `etcd is not defragmented: ${tight.join('; ')}`, {
    hint: `make room in the file system of ${etcdData}, and run again`,
  })
}

/**
 * Compacts and defragments, the leader last, so that every member has room for writes again.
 *
 * @throws `task-failed` before anything is changed, if a member does not respond, has not started, or its disk is too full; afterwards, if a database is
 * still full.
 */
export const makeRoom = async (ctx: ApplyContext): Promise<void> => {
  const { members, databases: before } = await requireDefragmentable(ctx)
  await compact(ctx)
  for (const database of before) await defragment(ctx, members, database)
  const after = await databasesOf(
    ctx,
    before.map(({ member }) => member),
  )
  for (const database of after) {
    const former = before.find(({ member }) => member.id === database.member.id)?.size ?? 0
    ctx.log(`database of ${shortName(database.member)}: ${mebibytes(former)} before, now ${sizes(database)}`)
  }
  const crowded = after.filter(({ size, quota }) => size > full * quota)
  if (crowded.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `after a defragmentation, ${crowded.map((one) => `the ${nameOf(one.member)} still has ${sizes(one)}`).join('; ')}: the alarm ${noSpace} is not cleared`,
    {
      hint: 'run again, in case that a compaction still works; delete objects that are not needed (etcd accepts deletions of objects without finalizers and grace periods, for example: kubectl delete events --all -A), or raise the quota (etcd.quotaBackendBytes) on all members; then run again',
    },
  )
}
