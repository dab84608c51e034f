import type { Command, CheckContext } from '../../../engine/index.ts'
import { adminConf } from './paths.ts'

/**
 * kubectl on a master, as the cluster's administrator, with an end to its patience: an API server without a quorum
 * behind it never answers.
 *
 * @param server where to ask; the endpoint of the kubeconfig, which is the load balancer, when absent.
 */
export const kubectl = ({ remote }: CheckContext, words: readonly string[], server?: string): Command =>
  remote.query({
    timeout: 40,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=15s ${server === undefined ? [] : ['--server', server]} ${words}`

/** The API server of a master itself, not through the load balancer. */
export const ownServer = (address: string, port = 6443): string => `https://${address}:${port}`

/** Whether a master's own API server says that it is ready. Before 1.16 there was only /healthz. */
export const apiReady = async (ctx: CheckContext, address: string, port = 6443): Promise<boolean> => {
  const url = ownServer(address, port)
  // these paths answer everybody (system:public-info-viewer), so no credentials travel; curl is the quickest to ask
  const script = ctx.remote.query({
    timeout: 15,
  })`curl -skf --max-time 5 ${`${url}/readyz`} || curl -skf --max-time 5 ${`${url}/healthz`}`
  if ((await script.result()).stdout === 'ok') return true
  // no curl on the host, or a server that answers nobody without credentials (--anonymous-auth=false)
  if (!(await ctx.remote.exists(adminConf))) return false
  return (await kubectl(ctx, ['get', '--raw', '/healthz'], url).result()).stdout === 'ok'
}
