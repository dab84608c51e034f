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
  /** `0` for an alarm of the cluster: from 3.5.6 on, etcd raises CORRUPT so where it cannot say which member it is. */
  readonly memberId: string
  /** Undefined if the member is no longer in the list, and for an alarm of the cluster. */
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
const cures: Readonly<Record<string, { readonly means: string; readonly cure: (node?: string) => string }>> =
  {
    NOSPACE: {
      means: 'its database has reached the quota, and etcd refuses every write',
      cure: () =>
        'run playbooks/etcd-alarm.ts: it compacts and defragments, and clears the alarm when there is room again',
    },
    CORRUPT: {
      means: 'its data differs from that of the other members',
      cure: (node) =>
        `compare the members at one revision: etcdctl endpoint hashkv --cluster --rev=REVISION; only a member of the minority is replaced: run reset-node on it${node === undefined ? '' : ` (the alarm names ${node})`}, then etcd-alarm-clear with alarm=CORRUPT${node === undefined ? ' and force=true' : ''} on another control-plane node, then ha-masters; without a majority, restore a snapshot`,
    },
  }

/** Whether an alarm is that of the cluster, not of one member. */
export const isOfCluster = ({ memberId: id }: Alarm): boolean => id === '0'

/** Who has raised an alarm. */
export const whose = (alarm: Alarm): string =>
  isOfCluster(alarm)
    ? 'the etcd cluster'
    : alarm.member === undefined
      ? 'a former etcd member'
      : nameOf(alarm.member)

/** An alarm, who has raised it, and what it means. */
export const alarmText = (alarm: Alarm): string => {
  const raised = `${whose(alarm)} has raised the alarm ${alarm.name}`
  if (alarm.name === 'CORRUPT' && isOfCluster(alarm))
    return `${raised}, without the member whose data differs`
  const means = cures[alarm.name]?.means
  return means === undefined ? raised : `${raised}: ${means}`
}

/** How to get rid of an alarm. */
export const cureOf = (alarm: Alarm): string => {
  const known = cures[alarm.name]
  if (known === undefined) return 'find its cause in the documentation of etcd, and clear it'
  return alarm.member === undefined && !isOfCluster(alarm)
    ? 'run playbooks/etcd-alarm.ts: it clears the alarms of former members'
    : known.cure(alarm.member?.name)
}

/** @throws `task-failed` with the alarms, their members and what to do, if there are any. */
export const refuseRaised = (alarms: readonly Alarm[]): void => {
  const [first] = alarms
  if (first === undefined) return
  throw new CoxswainError('task-failed', alarms.map(alarmText).join('; '), {
    hint: cureOf(first),
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
  if (members !== undefined) refuseRaised((await alarmsOf(ctx, members)).raised)
}
