import { CoxswainError, defineTask, drift, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { besides, drainFault, withDrained } from './load-balancers/configuration.ts'
import {
  drainOf,
  drainParams,
  replaceConfiguration,
  requireConfiguration,
} from './load-balancers/draining.ts'
import { readyUrls } from './load-balancers/ready.ts'

/**
 * Refuses to drain a server that is ready, where no other one of its section is: haproxy could not send connections anywhere.
 *
 * @throws `task-failed`. What cannot be asked is not refused.
 */
const refuseLastReady = async (ctx: CheckContext, text: string, server: string): Promise<void> => {
  const sections = besides(text, server)
  const urls = sections.flatMap(({ own, others }) => [...own, ...others].map(({ url }) => url))
  const ready = await readyUrls(ctx, urls)
  if (ready === undefined) return
  const isReady = ({ url }: { readonly url: string }): boolean => ready.has(url)
  const left = sections.find(({ own, others }) => own.some(isReady) && !others.some(isReady))
  if (left === undefined) return
  const names = left.others.map(({ name }) => name)
  throw new CoxswainError(
    'task-failed',
    `${server} is not drained on ${ctx.host.name}: ${server} is its last server that is ready: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not`,
    {
      hint: `bring another one back first; ${ctx.host.name} asks ${left.others.map(({ url }) => url).join(', ')}`,
    },
  )
}

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
    const text = await requireConfiguration(ctx, dest)
    const fault = drainFault(text, server)
    if (fault !== undefined)
      throw new CoxswainError('task-failed', `${server} is not drained on ${ctx.host.name}: ${fault}`, {
        hint: `compare ${dest} with the inventory; ha-masters writes it for all masters`,
      })
    if (withDrained(text, server) === text) return ok()
    await refuseLastReady(ctx, text, server)
    return drift({ what: `server ${server}`, from: 'used', to: 'drained' })
  },

  async apply(ctx, { server, dest }) {
    await replaceConfiguration(ctx, dest, withDrained(await requireConfiguration(ctx, dest), server))
  },
})
