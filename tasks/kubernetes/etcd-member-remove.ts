import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { removeMember } from './etcd/changes.ts'
import { leavingMember, leavingParams, removalSums } from './etcd/leaving.ts'
import { nameOf, requireMembers } from './etcd/members.ts'

/**
 * Removes the etcd member of a control-plane node that is lost, from another one.
 *
 * A member that is only down counts against the quorum until it is removed; it is removed before a new one is added (etcd
 * FAQ). A host that can be reached is removed by reset-node.
 */
export const etcdMemberRemove = defineTask({
  name: 'etcd-member-remove',
  description:
    'Removes the etcd member of a lost control-plane node, asked on another one. It is refused if the others would not have a quorum.',
  reads: 'the members of etcd and their health',
  example: { name: 'm3', address: '10.0.0.13' },
  params: () => z.object(leavingParams()),
  title: ({ name }) => `etcd does not have the member ${name}`,

  async check(ctx, leaving) {
    const members = await requireMembers(ctx)
    const member = leavingMember(members, leaving)
    if (member === undefined) return ok()
    await removalSums(ctx, members, [leaving])
    return drift({ what: nameOf(member), from: 'listed', to: 'removed' })
  },

  async apply(ctx, leaving) {
    const members = await requireMembers(ctx)
    const member = leavingMember(members, leaving)
    if (member !== undefined) await removeMember(ctx, members, member, `${leaving.name} is not removed`)
  },
})
