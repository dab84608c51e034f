/** Changes of the member list. None is made twice: whenever an answer is missing, the list is read before anything else. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { change, failedRequest } from './gateway.ts'
import type { Request } from './gateway.ts'
import { seenMembers } from './health.ts'
import { quorumAfter } from './arithmetic.ts'
import { listMembers, nameOf } from './members.ts'
import type { Member } from './members.ts'
import { quorumNotKnown } from './not-known.ts'

/**
 * Makes a change, and when etcd does not confirm it, looks whether it was made all the same.
 *
 * @throws `task-failed` if it was not, or if that cannot be known.
 */
const makeChange = async (
  via: ApplyContext,
  request: Request,
  isMade: (members: readonly Member[]) => boolean,
): Promise<void> => {
  const answer = await change(via.remote.run, request)
  if (answer.state === 'answers') return
  if (isMade((await listMembers(via)) ?? [])) return
  throw failedRequest(via, request, answer)
}

/** Adds a member; from 3.4 on as a learner, so that the quorum is not at risk until it has caught up. */
export const addMember = (via: ApplyContext, url: string, learner: boolean): Promise<void> =>
  makeChange(
    via,
    {
      path: 'cluster/member/add',
      body: { peerURLs: [url], ...(learner && { isLearner: true }) },
      label: `add the etcd member ${url}`,
    },
    (members) => members.some(({ peerUrl }) => peerUrl === url),
  )

/** Promotes learners that have started. Those that have not caught up yet are left for the next attempt. */
export const promoteLearners = async (via: ApplyContext): Promise<void> => {
  for (const member of (await listMembers(via)) ?? []) {
    if (!member.started || !member.learner) continue
    // the caller lists the members again, whatever the answer is
    await change(via.remote.run, {
      path: 'cluster/member/promote',
      body: { ID: member.id },
      label: `promote the ${nameOf(member)}`,
    })
  }
}

/** Removes a member, without asking whether the quorum is kept. */
export const removeListed = (via: ApplyContext, member: Member): Promise<void> =>
  makeChange(
    via,
    {
      path: 'cluster/member/remove',
      body: { ID: member.id },
      label: `remove the ${nameOf(member)}`,
    },
    (members) => members.length > 0 && members.every(({ id }) => id !== member.id),
  )

/**
 * Checks that the others keep their quorum without a member, and returns the arithmetic.
 *
 * @param subject what is refused otherwise, as the beginning of a message.
 * @throws `task-failed` if the others do not have a quorum, or if that is not known.
 */
export const requireQuorumWithout = async (
  via: CheckContext,
  members: readonly Member[],
  member: Member,
  subject: string,
): Promise<string> => {
  const seen = await seenMembers(via, members)
  const { kept, open, sum } = quorumAfter(members, seen, { kind: 'remove', id: member.id })
  if (open) throw quorumNotKnown(`${subject}, and whether the other members have a quorum`, sum, seen)
  if (!kept)
    throw new CoxswainError('task-failed', `${subject}, and the other members do not have a quorum: ${sum}`, {
      hint: 'repair another member first, or restore etcd from a snapshot',
    })
  return sum
}

/** Removes a member, if the others keep their quorum. Parameters and errors are those of requireQuorumWithout. */
export const removeMember = async (
  via: ApplyContext,
  members: readonly Member[],
  member: Member,
  subject: string,
): Promise<void> => {
  const sum = await requireQuorumWithout(via, members, member, subject)
  via.log(`removing the ${nameOf(member)}: ${sum}`)
  await removeListed(via, member)
}
