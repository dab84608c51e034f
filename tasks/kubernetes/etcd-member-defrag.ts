import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { allRespond, quorumAfter } from './etcd/arithmetic.ts'
import { change, failedRequest } from './etcd/gateway.ts'
import { requireAll, waitForAll } from './etcd/require-all.ts'
import { mebibytes, requireStatus } from './etcd/status.ts'
import { explainControlPlane } from './kubeadm/explain.ts'

const request = { path: 'maintenance/defragment', body: {}, label: 'defragment the database', seconds: 600 }

/**
 * Defragments the etcd member of a host.
 *
 * What the API server has compacted stays in the database's file as free pages; only a defragmentation gives them back to the
 * disk. The member does not respond meanwhile, about a second for 100 MiB (etcd, "Maintenance"), so it is refused unless all
 * members are healthy.
 */
export const etcdMemberDefrag = defineTask({
  name: 'etcd-member-defrag',
  description:
    'Defragments the database of the etcd member on a host if that frees enough. It is refused unless every member is healthy and no alarm is raised.',
  reads: 'the size of the database, the members of etcd, their health and their alarms',
  example: { minFree: 64 },
  params: () =>
    z.object({
      minFree: z.coerce
        .number<number | string>()
        .min(1)
        .default(64)
        .describe('MiB that must be free in the database, at least 1; with less, nothing is done'),
    }),
  title: () => "etcd's database is defragmented",

  async check(ctx, { minFree }) {
    const { size, used } = await requireStatus(ctx)
    const free = size - used
    if (free < minFree * 1024 * 1024) return ok()
    await requireAll(ctx, `the etcd member of ${ctx.host.name} is not defragmented`)
    return drift({
      what: `database of the etcd member of ${ctx.host.name}`,
      from: `${mebibytes(size)}, of which ${mebibytes(free)} are free`,
      to: `about ${mebibytes(used)}`,
    })
  },

  explain: explainControlPlane,

  async apply(ctx) {
    const { name } = ctx.host
    const [before, members] = await Promise.all([
      requireStatus(ctx),
      requireAll(ctx, `the etcd member of ${name} is not defragmented`),
    ])
    const step = { kind: 'away', id: before.memberId, while: `while ${name} is defragmented` } as const
    ctx.log(quorumAfter(members, allRespond(members), step).sum)
    const answer = await change(ctx.remote.run, request)
    if (answer.state !== 'answers') throw failedRequest(ctx, request, answer)
    await waitForAll(ctx, 60)
    const after = await requireStatus(ctx)
    ctx.log(
      `database of ${name}: ${mebibytes(before.size)} before, ${mebibytes(after.size)} after, ${mebibytes(after.used)} in use`,
    )
  },
})
