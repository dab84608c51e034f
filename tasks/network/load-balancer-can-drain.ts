import { CoxswainError, defineTask, ok, words, z } from '../../engine/index.ts'
import { drainFault, withDrained, withoutDrained } from './load-balancers/configuration.ts'
import { drainParams, requireConfiguration, serverOf } from './load-balancers/draining.ts'
import { refuseLastReady } from './load-balancers/last-ready.ts'

/** Checks that each of some servers of a load balancer can be drained, one at a time, before anything else is done. */
export const loadBalancerCanDrain = defineTask({
  name: 'load-balancer-can-drain',
  description:
    'Checks that load-balancer-drain can drain each of some servers of haproxy: that they are there, and that others are left and ready.',
  reads: "haproxy's configuration, and whether its servers are ready",
  example: { servers: ['m1', 'm2'] },
  params: () =>
    z.object({
      servers: words()
        .pipe(z.array(drainParams().server).min(1))
        .describe('the names of the servers in the configuration of haproxy'),
      dest: drainParams().dest,
    }),
  title: ({ servers }) => `the load balancer can do without ${servers.join(', ')}, one at a time`,

  async check(ctx, { servers, dest }) {
    // under --check, after a task that would add them
    if (servers.some((server) => ctx.predicted(serverOf(server)))) return ok()
    const found = await requireConfiguration(ctx, dest)
    // one that an interrupted run has drained comes back before the next one is drained
    const text = servers.reduce(withoutDrained, found)
    const faults = servers.flatMap((server) => drainFault(text, server) ?? [])
    if (faults.length === 0) {
      // one that is drained already is not drained again
      const used = servers.filter((server) => withDrained(found, server) !== found)
      for (const server of used) await refuseLastReady(ctx, text, server)
      return ok()
    }
    throw new CoxswainError('task-failed', `the load balancer ${ctx.host.name}: ${faults.join('; ')}`, {
      hint: `compare ${dest} with the inventory; ha-masters writes it for all masters`,
    })
  },
})
