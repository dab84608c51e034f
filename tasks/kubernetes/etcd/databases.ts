/** The databases of all members of etcd, as one host sees them: sizes, and the quota that they must stay below. */
import { z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { manifest } from '../kubeadm/paths.ts'
import { flagIn } from '../kubeadm/pod-manifests.ts'
import { askAll, notAsked } from './gateway.ts'
import { memberId, nameOf } from './members.ts'
import type { Member } from './members.ts'
import { count } from './status.ts'

/** The quota of etcd where none is set, in bytes (etcd, "Storage size limit"). */
export const usualQuota = 2 * 1024 ** 3

const statusSchema = z.object({
  header: z.object({ member_id: memberId }),
  dbSize: count,
  dbSizeInUse: count,
  // from 3.6 on
  dbSizeQuota: count,
  leader: memberId.default('0'),
})

/** The database of a member. Sizes are in bytes. */
export interface Database {
  readonly member: Member
  /** The client URL at which the member was asked. */
  readonly url: string
  readonly size: number
  /** The part of it that has data. */
  readonly used: number
  /** The size from which on etcd refuses writes. */
  readonly quota: number
  readonly leads: boolean
}

const ask = { path: 'maintenance/status', body: {}, label: 'ask the members of etcd for their status' }

/** The quota that the manifest of a host says, for an etcd that does not say its own. */
const quotaOf = async ({ remote }: CheckContext): Promise<number> => {
  const given = Number(flagIn((await remote.read(manifest('etcd'))) ?? '', 'quota-backend-bytes') ?? 0)
  return given > 0 ? given : usualQuota
}

/**
 * The databases of members, the leader's last.
 *
 * @throws `task-failed` for a member that does not say.
 */
export const databasesOf = async (ctx: CheckContext, members: readonly Member[]): Promise<Database[]> => {
  const [answers, usual] = await Promise.all([
    askAll(
      ctx,
      ask,
      members.flatMap(({ clientUrls }) => clientUrls),
    ),
    quotaOf(ctx),
  ])
  const found = members.map((member): Database => {
    for (const url of member.clientUrls) {
      const { data } = statusSchema.safeParse(answers.get(url)?.body)
      if (data?.header.member_id !== member.id) continue
      const [size, used, quota] = [Number(data.dbSize), Number(data.dbSizeInUse), Number(data.dbSizeQuota)]
      const leads = data.leader === member.id
      return { member, url, size, used: used || size, quota: quota || usual, leads }
    }
    const why = member.clientUrls.map((url) => answers.get(url)?.why ?? '').find((text) => text !== '')
    throw notAsked(
      ctx,
      `the ${nameOf(member)} does not say its size: ${why ?? 'another member answers there'}`,
    )
  })
  return found.toSorted((one, other) => Number(one.leads) - Number(other.leads))
}
