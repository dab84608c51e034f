/** The alarms that members of etcd have raised. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { askLocal } from './gateway.ts'
import { listMembers, memberId, nameOf } from './members.ts'
import type { Member } from './members.ts'

const alarmsSchema = z.object({
  alarms: z
    .array(z.object({ memberID: memberId.default('0'), alarm: z.string().max(100).default('NONE') }))
    .max(1000)
    .default([]),
})

/** An alarm that a member has raised. It stays until someone clears it. */
export interface Alarm {
  readonly name: string
  readonly memberId: string
  /** Undefined if the member is no longer in the list. */
  readonly member: Member | undefined
}

/** The alarms of a cluster. */
export interface Alarms {
  readonly raised: readonly Alarm[]
  /** Why it is not known which are raised: etcd says that only with a quorum. */
  readonly problems: string[]
}

const ask = { path: 'maintenance/alarm', body: {}, label: 'ask etcd for its alarms' }

/** The alarms that are raised, as the etcd of a host says. */
export const alarmsOf = async (ctx: CheckContext, members: readonly Member[]): Promise<Alarms> => {
  const { state, body, why } = await askLocal(ctx, ask)
  const { data } = alarmsSchema.safeParse(body)
  if (state !== 'answers' || data === undefined)
    return {
      raised: [],
      problems: [`etcd on ${ctx.host.name} does not say which alarms are raised: ${why || 'unknown answer'}`],
    }
  const raised = data.alarms
    .filter(({ alarm }) => alarm !== 'NONE')
    .map(({ memberID, alarm }) => ({
      name: alarm,
      memberId: memberID,
      member: members.find(({ id }) => id === memberID),
    }))
  return { raised, problems: [] }
}

/** What an alarm means, and how to get rid of it. */
const cures: Readonly<Record<string, { readonly means: string; readonly cure: (node: string) => string }>> = {
  NOSPACE: {
    means: 'its database has reached the quota, and etcd refuses every write',
    cure: (node) =>
      `make room or raise the quota (etcd.quotaBackendBytes), then run etcd-alarm-clear with alarm=NOSPACE on ${node}: it also defragments`,
  },
  CORRUPT: {
    means: 'its data differs from that of the other members',
    cure: (node) =>
      `restore a snapshot, or run reset-node on ${node}, then etcd-alarm-clear with alarm=CORRUPT on another control-plane node, then ha-masters`,
  },
}

/** How to get rid of an alarm that a member has raised; undefined for one that is not known here. */
export const cureOf = ({ name, member }: Alarm): string | undefined =>
  member === undefined ? undefined : cures[name]?.cure(member.name)

/** @throws `task-failed` with the alarms, their members and what to do, if there are any. */
export const refuseRaised = (ctx: CheckContext, alarms: readonly Alarm[]): void => {
  const [first] = alarms
  if (first === undefined) return
  const texts = alarms.map(({ name, member }) => {
    const who = member === undefined ? 'a former etcd member' : nameOf(member)
    const means = cures[name]?.means
    return `${who} has raised the alarm ${name}${means === undefined ? '' : `: ${means}`}`
  })
  const node = first.member?.name ?? ctx.host.name
  throw new CoxswainError('task-failed', texts.join('; '), {
    hint: cures[first.name]?.cure(node) ?? 'find its cause in the documentation of etcd, and clear it',
  })
}

/**
 * Checks that no member has raised an alarm, as far as the etcd of a host responds: a check refuses early what no waiting
 * changes.
 *
 * @throws `task-failed` with the alarm, its member and what to do.
 */
export const refuseAlarms = async (ctx: CheckContext): Promise<void> => {
  const members = await listMembers(ctx)
  if (members !== undefined) refuseRaised(ctx, (await alarmsOf(ctx, members)).raised)
}
