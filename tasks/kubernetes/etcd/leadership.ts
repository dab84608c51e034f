/** Leadership of etcd, which is moved away from a member that leaves or restarts. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { eventually } from '../../shared/eventually.ts'
import { change, failedRequest } from './gateway.ts'
import { seenMembers } from './health.ts'
import { nameOf, requireMembers } from './members.ts'
import type { Member } from './members.ts'
import { waysToAsk } from './not-known.ts'
import { memberStatus } from './status.ts'
import { logsOf } from './ways-out.ts'

/**
 * The member that becomes the leader; undefined if the host does not lead, or is the only one with a vote.
 *
 * @throws `task-failed` if none of the others is known to respond.
 */
export const successor = async (ctx: CheckContext): Promise<Member | undefined> => {
  const status = await memberStatus(ctx)
  if (status?.leads !== true) return undefined
  const members = await requireMembers(ctx)
  const others = members.filter(({ id, started, learner }) => id !== status.memberId && started && !learner)
  if (others.length === 0) return undefined
  const { healthy, reasons } = await seenMembers(ctx, others)
  const next = others.find(({ id }) => healthy.has(id))
  if (next !== undefined) return next
  if (reasons.length > 0)
    throw new CoxswainError(
      'task-failed',
      `the etcd member of ${ctx.host.name} leads, and it is not known whether another member responds: ${reasons.join('; ')}`,
      { hint: waysToAsk(reasons) },
    )
  throw new CoxswainError(
    'task-failed',
    `the etcd member of ${ctx.host.name} leads, and no other member responds: ${others.map(nameOf).join(', ')}`,
    { hint: `repair one of them first (on its host: ${logsOf('etcd')}), and run again` },
  )
}

/**
 * Moves leadership from the member of a host to another one that responds; nothing if it does not lead.
 *
 * @throws `task-failed` if none of the others is known to respond; `wait-timeout` if it still leads after 30 s.
 */
export const moveLeadership = async (ctx: ApplyContext): Promise<void> => {
  const next = await successor(ctx)
  if (next === undefined) return
  const request = {
    path: 'maintenance/transfer-leadership',
    body: { targetID: next.id },
    label: `move leadership of etcd to ${next.name}`,
  }
  const answer = await change(ctx.remote.run, request)
  // an answer can be lost, so only the status counts
  if (answer.state === 'refuses') throw failedRequest(ctx, request, answer)
  await eventually(
    ctx,
    async () =>
      (await memberStatus(ctx))?.leads === true ? [`the etcd member of ${ctx.host.name} still leads`] : [],
    { seconds: 30, every: 0.5, hint: `check etcd on ${ctx.host.name}: ${logsOf('etcd')}` },
  )
}
