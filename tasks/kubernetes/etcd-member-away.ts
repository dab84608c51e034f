import { CoxswainError, defineTask, flag, ok, z } from '../../engine/index.ts'
import { quorumAfter } from './etcd/arithmetic.ts'
import { etcdProblems, seenMembers } from './etcd/health.ts'
import { notAsked } from './etcd/gateway.ts'
import { ownMemberId, requireMembers } from './etcd/members.ts'
import { waysToAsk } from './etcd/not-known.ts'
import { logsOf } from './etcd/ways-out.ts'
import { manifest } from './kubeadm/paths.ts'

/**
 * Checks that etcd keeps its quorum while the member of a host is away, for example during a reboot.
 *
 * Every other member must respond and vote: one more that is away at the same time could be one too many. A host without an etcd of
 * kubeadm is ok.
 */
export const etcdMemberAway = defineTask({
  name: 'etcd-member-away',
  description:
    'Checks that etcd keeps its quorum while the member of a host is away for some time, and that all members are healthy. It prints the arithmetic.',
  reads: 'the members of etcd, their health and their alarms',
  example: {},
  params: () =>
    z.object({
      acceptOutage: flag()
        .default(false)
        .describe('accept that etcd does not have a quorum meanwhile, as with one or two members'),
    }),
  title: () => 'etcd can do without this member for some time',

  async check(ctx, { acceptOutage }) {
    const { name } = ctx.host
    if (!(await ctx.remote.exists(manifest('etcd')))) return ok(`${name} does not have an etcd of kubeadm`)
    const [members, own] = [await requireMembers(ctx), await ownMemberId(ctx)]
    if (own === undefined) throw notAsked(ctx, 'it does not say which member it is')
    const [seen, problems] = await Promise.all([seenMembers(ctx, members), etcdProblems(ctx, members)])
    const { kept, sum } = quorumAfter(members, seen, {
      kind: 'away',
      id: own,
      while: `while ${name} is away`,
    })
    if (problems.length > 0)
      throw new CoxswainError('task-failed', `${name} is not taken away: ${problems.join('; ')} (${sum})`, {
        hint:
          waysToAsk(problems) ?? `repair that member first (on its host: ${logsOf('etcd')}), and run again`,
      })
    if (!kept && !acceptOutage)
      throw new CoxswainError('task-failed', `${name} is not taken away: ${sum}`, {
        hint: 'add a control-plane node with ha-masters, or accept the outage: acceptOutage (the playbook: -e maintenance_accept_outage=true)',
      })
    return ok(sum, { text: sum })
  },
})
