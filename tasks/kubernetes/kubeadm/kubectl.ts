import type { Command, CheckContext } from '../../../engine/index.ts'
import { hostInUrl } from '../../network/addresses/addresses.ts'
import { adminConf } from './paths.ts'

/**
 * kubectl on a control-plane node, as administrator, with a timeout: an API server without an etcd quorum never responds.
 *
 * @param server the API server; by default the endpoint in the kubeconfig, which is the load balancer.
 */
export const kubectl = ({ remote }: CheckContext, words: readonly string[], server?: string): Command =>
  remote.query({
    timeout: 40,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=15s ${server === undefined ? [] : ['--server', server]} ${words}`

/** The URL of a control-plane node's own API server, not of the load balancer. */
export const ownServer = (address: string, port = 6443): string => `https://${hostInUrl(address)}:${port}`

/** Whether a control-plane node's own API server is ready. Before 1.16, only /healthz exists. */
export const apiReady = async (ctx: CheckContext, address: string, port = 6443): Promise<boolean> => {
  const url = ownServer(address, port)
  // these paths are public (system:public-info-viewer), so curl does not need credentials
  const script = ctx.remote.query({
    timeout: 15,
  })`curl -qskf --noproxy '*' --max-time 5 ${`${url}/readyz`} || curl -qskf --noproxy '*' --max-time 5 ${`${url}/healthz`}`
  if ((await script.result()).stdout === 'ok') return true
  // curl is missing, or the server requires credentials (--anonymous-auth=false)
  if (!(await ctx.remote.exists(adminConf))) return false
  return (await kubectl(ctx, ['get', '--raw', '/healthz'], url).result()).stdout === 'ok'
}
