import { CoxswainError, defineTask, drift, ok, z } from '../../engine/index.ts'
import { drainFault, withDrained } from './load-balancers/configuration.ts'
import {
  drainOf,
  drainParams,
  replaceConfiguration,
  requireConfiguration,
  serverOf,
} from './load-balancers/draining.ts'
import { refuseLastReady } from './load-balancers/last-ready.ts'

/**
 * Drains a server of a load balancer: haproxy opens no new connections to it, and connections that are open go on.
 *
 * A comment on its line says that it was Coxswain, so that load-balancer-undrain brings it back, and not a server that an
 * administrator has disabled.
 */
export const loadBalancerDrain = defineTask({
  name: 'load-balancer-drain',
  description:
    'Lets haproxy open no new connections to a server; open ones go on. The only server that is left, or that is ready, is not drained.',
  reads: "haproxy's configuration, and whether its servers are ready",
  example: { server: 'm1' },
  params: () => z.object(drainParams()),
  title: ({ server }) => `the load balancer does not use ${server}`,
  makes: ({ server }) => [drainOf(server)],

  async check(ctx, { server, dest }) {
    const drained = { what: `server ${server}`, from: 'used', to: 'drained' }
    // under --check, after a task that would add it
    if (ctx.predicted(serverOf(server))) return drift(drained)
    const text = await requireConfiguration(ctx, dest)
    const fault = drainFault(text, server)
    if (fault !== undefined)
      throw new CoxswainError('task-failed', `${server} is not drained on ${ctx.host.name}: ${fault}`, {
        hint: `compare ${dest} with the inventory; ha-masters writes it for all masters`,
      })
    if (withDrained(text, server) === text) return ok()
    await refuseLastReady(ctx, text, server)
    return drift(drained)
  },

  async apply(ctx, { server, dest }) {
    await replaceConfiguration(ctx, dest, withDrained(await requireConfiguration(ctx, dest), server))
  },
})
