/** What the etcd member of a host says about itself. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { askLocal, notAsked } from './gateway.ts'
import { memberId } from './members.ts'
import { logsOf } from './ways-out.ts'

/** A number of 64 bits: a text in JSON, and left out where it is 0 (proto3). */
export const count = z
  .string()
  .regex(/^\d{1,19}$/)
  .default('0')

const statusSchema = z.object({
  header: z.object({ cluster_id: memberId, member_id: memberId, revision: count }),
  version: z.string().max(100),
  dbSize: count,
  dbSizeInUse: count,
  leader: memberId.default('0'),
})

/** The state of a member. Sizes are in bytes. */
export interface MemberStatus {
  readonly memberId: string
  readonly clusterId: string
  /** The program's version, such as `3.7.0`. */
  readonly version: string
  /** The revision of the data, a text of digits. */
  readonly revision: string
  /** The size of the database's file. */
  readonly size: number
  /** The part of it that has data: a defragmentation frees the rest. etcd before 3.4 does not say it: then the size. */
  readonly used: number
  readonly leads: boolean
}

const ask = { path: 'maintenance/status', body: {}, label: 'ask etcd for its status' }

/**
 * The status of the etcd member of a host.
 *
 * @returns undefined if it does not respond.
 * @throws `task-failed` if it could not be asked.
 */
export const memberStatus = async (ctx: CheckContext): Promise<MemberStatus | undefined> => {
  const { state, body, why } = await askLocal(ctx, ask)
  if (state === 'unasked') throw notAsked(ctx, why)
  if (state !== 'answers') return undefined
  const { data } = statusSchema.safeParse(body)
  if (data === undefined) throw notAsked(ctx, 'the answer is not the status of a member')
  const size = Number(data.dbSize)
  const used = Number(data.dbSizeInUse)
  return {
    memberId: data.header.member_id,
    clusterId: data.header.cluster_id,
    version: data.version,
    revision: data.header.revision,
    size,
    used: used === 0 ? size : used,
    leads: data.leader !== '0' && data.leader === data.header.member_id,
  }
}

/** The same of an etcd that must respond. */
export const requireStatus = async (ctx: CheckContext): Promise<MemberStatus> => {
  const status = await memberStatus(ctx)
  if (status !== undefined) return status
  throw new CoxswainError('task-failed', `etcd on ${ctx.host.name} does not respond`, {
    hint: `check its pod on ${ctx.host.name}: ${logsOf('etcd')}`,
  })
}

/** A size in words, such as `12.3 MiB`. */
export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
