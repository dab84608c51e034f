import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { hasServer, withDrained, withoutDrained } from './load-balancers/configuration.ts'
import {
  drainOf,
  drainParams,
  replaceConfiguration,
  requireConfiguration,
  serverOf,
} from './load-balancers/draining.ts'

/** Brings back a server of a load balancer that load-balancer-drain has drained. One that an administrator disabled stays so. */
export const loadBalancerUndrain = defineTask({
  name: 'load-balancer-undrain',
  description:
    'Lets haproxy use a server again that load-balancer-drain has drained. A server that an administrator disabled stays disabled.',
  reads: "haproxy's configuration",
  example: { server: 'm1' },
  params: () => z.object(drainParams()),
  title: ({ server }) => `the load balancer uses ${server}`,

  async check(ctx, { server, dest }) {
    const used = { what: `server ${server}`, from: 'drained', to: 'used' }
    if (ctx.predicted(drainOf(server)) && ctx.predicted(serverOf(server))) return drift(used)
    const text = await requireConfiguration(ctx, dest)
    // under --check, after a task that would drain it
    const predicted =
      ctx.predicted(drainOf(server)) && hasServer(text, server) && withDrained(text, server) !== text
    return withoutDrained(text, server) === text && !predicted ? ok() : drift(used)
  },

  async apply(ctx, { server, dest }) {
    await replaceConfiguration(ctx, dest, withoutDrained(await requireConfiguration(ctx, dest), server))
  },
})
