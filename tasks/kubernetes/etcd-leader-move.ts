import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { moveLeadership, successor } from './etcd/leadership.ts'

/**
 * Moves leadership of etcd from the member of a host to another one.
 *
 * A leader that just stops is missed until the others have waited for it, a second or more, in which etcd accepts no writes;
 * leadership that is moved takes some milliseconds (etcd, MoveLeader in rpc.proto).
 */
export const etcdLeaderMove = defineTask({
  name: 'etcd-leader-move',
  description:
    'Moves leadership of etcd from the member of a host to another member that responds, before the host leaves or restarts.',
  reads: 'the status of the etcd member, the members of etcd and their health',
  example: {},
  params: () => z.object({}),
  title: () => 'the etcd member does not lead',

  async check(ctx) {
    const next = await successor(ctx)
    return next === undefined ? ok() : drift({ what: 'leader of etcd', from: ctx.host.name, to: next.name })
  },

  async apply(ctx) {
    await moveLeadership(ctx)
  },
})
