/** Reads what a load balancer knows of the API servers. */
import type { CheckContext } from '../../../engine/index.ts'
import { targetsIn } from '../../network/load-balancers/configuration.ts'
import { textIn } from '../../facts/reading/values.ts'
import { asked, notKnown } from './known.ts'
import { readReadiness } from './read-api.ts'
import type { LoadBalancerState } from './types.ts'

/**
 * The state of a load balancer that the task load-balancer keeps.
 *
 * @param port the port of the endpoint.
 * @param path the path that says whether an API server is ready.
 */
export const readBalancer = async (
  name: string,
  on: (name: string) => Promise<CheckContext>,
  { port, path }: { readonly port: number; readonly path: string },
): Promise<LoadBalancerState> => ({
  name,
  state: await asked(async () => {
    const ctx = await on(name)
    const url = `https://127.0.0.1:${port}${path}`
    const [service, text, answers] = await Promise.all([
      ctx.remote.query`systemctl is-active haproxy`.result(),
      ctx.remote.read('/etc/haproxy/haproxy.cfg'),
      readReadiness(ctx, [url]),
    ])
    return {
      service: textIn(service.stdout),
      servers: targetsIn(text ?? ''),
      api: answers.get(url) ?? notKnown('there is no answer'),
    }
  }),
})
