import { defineTask, ok, z } from '../../engine/index.ts'
import { leavingParams, removalSums } from './etcd/leaving.ts'
import { requireMembers } from './etcd/members.ts'

/** Checks that etcd keeps its quorum without some control-plane nodes, before anything is changed. */
export const etcdQuorumWithout = defineTask({
  name: 'etcd-quorum-without',
  description: 'Checks that etcd keeps its quorum without the members of some control-plane nodes.',
  reads: 'the members of etcd and their health',
  example: { masters: [{ name: 'm3', address: '10.0.0.13' }] },
  params: () =>
    z.object({
      masters: z
        .array(z.object(leavingParams()))
        .min(1)
        .describe('the control-plane nodes that leave: a list of {name, address}'),
    }),
  title: ({ masters }) => `etcd keeps its quorum without ${masters.map(({ name }) => name).join(', ')}`,

  async check(ctx, { masters }) {
    const sums = await removalSums(ctx, await requireMembers(ctx), masters)
    return ok(sums, { text: sums.length === 0 ? 'their members are removed' : sums.join('\n') })
  },
})
