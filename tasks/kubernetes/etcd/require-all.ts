/** Steps that take one member of etcd away for some time: what is required before, and the wait after it. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { etcdProblems } from './health.ts'
import type { Tolerated } from './health.ts'
import { requireMembers } from './members.ts'
import type { Member } from './members.ts'
import { waysToAsk } from './not-known.ts'
import { logsOf } from './ways-out.ts'
import { eventually } from '../../shared/eventually.ts'

/**
 * Checks that a member can be away for some time: every member has started, votes and responds, and no alarm is raised.
 *
 * @param step what is refused otherwise, such as `m1 is not restarted`.
 * @param tolerated problems that are accepted.
 * @returns the members, all of them healthy.
 * @throws `task-failed` with the member that is in the way, and what to do.
 */
export const requireAll = async (
  ctx: CheckContext,
  step: string,
  tolerated: Tolerated = {},
): Promise<readonly Member[]> => {
  const members = await requireMembers(ctx)
  const problems = await etcdProblems(ctx, members, tolerated)
  if (problems.length > 0)
    throw new CoxswainError('task-failed', `${step}: ${problems.join('; ')}`, {
      hint: waysToAsk(problems) ?? `repair that member first (on its host: ${logsOf('etcd')}), and run again`,
    })
  return members
}

/**
 * Waits until every member responds again, after one of them was away.
 *
 * @param tolerated problems that are accepted.
 * @throws `wait-timeout` with the member that does not respond.
 */
export const waitForAll = (ctx: ApplyContext, seconds: number, tolerated: Tolerated = {}): Promise<void> =>
  eventually(ctx, () => etcdProblems(ctx, undefined, tolerated), {
    seconds,
    every: 0.5,
    hint: `check etcd on ${ctx.host.name}: ${logsOf('etcd')}; then run again`,
  })
