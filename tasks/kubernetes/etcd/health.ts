/** Whether the members of etcd respond. */
import type { CheckContext } from '../../../engine/index.ts'
import { alarmsOf, refuseRaised } from './alarms.ts'
import { askAll } from './gateway.ts'
import type { Answer } from './gateway.ts'
import { answering, listMembers, nameOf } from './members.ts'
import type { Member } from './members.ts'

/** A read that a quorum must agree on, as of `etcdctl endpoint health`. It returns how often a key exists, and no value. */
const read = {
  path: 'kv/range',
  body: { key: Buffer.from('health').toString('base64'), count_only: true },
  label: 'ask the members of etcd for their health',
}

const troubleOf = ({ id }: Member, { state, why, body }: Answer): string | undefined => {
  if (state === 'silent') return 'does not respond'
  if (state === 'refuses') return `does not respond as it should: ${why}`
  if (state === 'unasked') return `could not be asked: ${why}`
  const answered = answering(body)
  if (answered === undefined) return 'could not be asked: the answer is not one of etcd'
  return answered === id ? undefined : 'could not be asked: another member answers at its client URL'
}

/** What is wrong with each voting member, by its ID; undefined if it responds. */
const troubles = async (
  ctx: CheckContext,
  members: readonly Member[],
): Promise<ReadonlyMap<string, string | undefined>> => {
  // a learner does not answer reads
  const voting = members.filter(({ started, learner }) => started && !learner)
  const urls = [...new Set(voting.flatMap(({ clientUrls }) => clientUrls))]
  const answers = await askAll(ctx, read, urls)
  return new Map(
    voting.map((member) => {
      const found = member.clientUrls.flatMap((url) => {
        const answer = answers.get(url)
        return answer === undefined ? [] : [troubleOf(member, answer)]
      })
      const trouble = found.length === 0 ? 'does not have a client URL' : found[0]
      return [member.id, found.includes(undefined) ? undefined : trouble]
    }),
  )
}

/** IDs of the voting members that respond, as a host sees them. */
export const healthyMembers = async (
  ctx: CheckContext,
  members: readonly Member[],
): Promise<ReadonlySet<string>> => {
  const found = await troubles(ctx, members)
  return new Set([...found].flatMap(([id, trouble]) => (trouble === undefined ? [id] : [])))
}

/**
 * What is wrong with an etcd cluster; empty if every member has started, can vote and responds, and no alarm is raised.
 *
 * @param known its members, if they have just been listed.
 * @throws `task-failed` for an alarm: it does not go away by waiting.
 */
export const etcdProblems = async (ctx: CheckContext, known?: readonly Member[]): Promise<string[]> => {
  const members = known ?? (await listMembers(ctx))
  if (members === undefined) return [`etcd on ${ctx.host.name} does not respond`]
  const [found, alarms] = await Promise.all([troubles(ctx, members), alarmsOf(ctx, members)])
  refuseRaised(ctx, alarms.raised)
  const problems = members.flatMap((member) => {
    if (!member.started) return [`${nameOf(member)} has not started`]
    if (member.learner) return [`${nameOf(member)} cannot vote yet`]
    const trouble = found.get(member.id)
    return trouble === undefined ? [] : [`${nameOf(member)} ${trouble}`]
  })
  return problems.length > 0 ? problems : alarms.problems
}
