/** Whether the members of etcd respond. */
import type { CheckContext } from '../../../engine/index.ts'
import type { Responses } from './arithmetic.ts'
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

/** Whether a member responds. `unasked`: nothing is known about it, because it could not be asked. */
export interface MemberHealth {
  readonly state: 'healthy' | 'not healthy' | 'unasked'
  /** What is wrong, after the name of the member; empty if it is healthy. */
  readonly why: string
}

const unasked = (why: string): MemberHealth => ({ state: 'unasked', why: `could not be asked: ${why}` })

const healthOf = ({ id }: Member, { state, why, body }: Answer): MemberHealth => {
  if (state === 'silent') return { state: 'not healthy', why: 'does not respond' }
  if (state === 'refuses') return { state: 'not healthy', why: `does not respond as it should: ${why}` }
  if (state === 'unasked') return unasked(why)
  const answered = answering(body)
  if (answered === undefined) return unasked('the answer is not one of etcd')
  return answered === id ? { state: 'healthy', why: '' } : unasked('another member answers at its client URL')
}

/** The health of each voting member that has started, by its ID, as a host sees it. */
export const memberHealth = async (
  ctx: CheckContext,
  members: readonly Member[],
): Promise<ReadonlyMap<string, MemberHealth>> => {
  // a learner does not answer reads
  const voting = members.filter(({ started, learner }) => started && !learner)
  const urls = [...new Set(voting.flatMap(({ clientUrls }) => clientUrls))]
  const answers = await askAll(ctx, read, urls)
  return new Map(
    voting.map((member) => {
      const found = member.clientUrls.flatMap((url) => {
        const answer = answers.get(url)
        return answer === undefined ? [] : [healthOf(member, answer)]
      })
      const best = found.find(({ state }) => state === 'healthy') ?? found[0]
      return [member.id, best ?? unasked('it does not have a client URL')]
    }),
  )
}

/** What is known of the voting members, as a host sees them, and why nothing is known of some. */
export interface SeenMembers extends Responses {
  /** For each member that could not be asked: its name, and why. */
  readonly reasons: readonly string[]
}

/** Which voting members respond, as a host sees them, and which could not be asked. */
export const seenMembers = async (ctx: CheckContext, members: readonly Member[]): Promise<SeenMembers> => {
  const found = await memberHealth(ctx, members)
  const those = (wanted: MemberHealth['state']): Member[] =>
    members.filter(({ id }) => found.get(id)?.state === wanted)
  const notKnown = those('unasked')
  return {
    healthy: new Set(those('healthy').map(({ id }) => id)),
    notKnown: new Set(notKnown.map(({ id }) => id)),
    reasons: notKnown.map((member) => `${nameOf(member)} ${found.get(member.id)?.why ?? ''}`),
  }
}

/** What is accepted in an etcd cluster that counts as healthy. */
export interface Tolerated {
  /** The name of an alarm. */
  readonly alarm?: string
  /** Whether members are accepted that cannot vote yet. */
  readonly learners?: boolean
}

/**
 * What is wrong with an etcd cluster; empty if every member has started, can vote and responds, and no alarm is raised.
 *
 * @param known its members, if they have just been listed.
 * @param tolerated problems that are accepted.
 * @throws `task-failed` for an alarm: it does not go away by waiting.
 */
export const etcdProblems = async (
  ctx: CheckContext,
  known?: readonly Member[],
  tolerated: Tolerated = {},
): Promise<string[]> => {
  const members = known ?? (await listMembers(ctx))
  if (members === undefined) return [`etcd on ${ctx.host.name} does not respond`]
  const [found, alarms] = await Promise.all([memberHealth(ctx, members), alarmsOf(ctx, members)])
  refuseRaised(alarms.raised.filter(({ name }) => name !== tolerated.alarm))
  const problems = members.flatMap((member) => {
    if (!member.started) return [`${nameOf(member)} has not started`]
    if (member.learner) return tolerated.learners === true ? [] : [`${nameOf(member)} cannot vote yet`]
    const { state = 'healthy', why = '' } = found.get(member.id) ?? {}
    return state === 'healthy' ? [] : [`${nameOf(member)} ${why}`]
  })
  return problems.length > 0 ? problems : alarms.problems
}
