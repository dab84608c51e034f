/** The address that a kubelet reports without a --node-ip. */
import type { Change, CheckContext } from '../../../engine/index.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { kubectl, ownServer } from '../kubeadm/kubectl.ts'
import type { HostConfig } from '../kubeadm/settings.ts'

/**
 * Changes without that of a --node-ip which the kubelet does not have, and whose address it reports: kubeadm alone does not set it. Where the
 * API server cannot be asked, it is left out as well; a later run finds it.
 *
 * @param via a control-plane node.
 * @param name the node.
 * @param server the API server that is asked; by default that of the kubeconfig.
 */
export const withoutReportedOf = async <One extends Change>(
  via: CheckContext,
  name: string,
  changes: readonly One[],
  server?: string,
): Promise<readonly One[]> => {
  const isOwn = ({ what, from }: Change): boolean =>
    what === 'argument node-ip of the kubelet' && from === undefined
  const change = changes.find(isOwn)
  if (change === undefined) return changes
  const path = 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}'
  const words = ['get', 'node', name, '--ignore-not-found', '-o', path]
  const { ok, stdout } = await kubectl(via, words, server).result()
  const reported = stdout.split(/\s+/).filter((word) => word !== '')
  const isReported = String(change.to)
    .split(',')
    .every((address) => reported.some((one) => isSameValue(one, address)))
  return !ok || isReported ? changes.filter((one) => !isOwn(one)) : changes
}

/** The same for a control-plane node, whose own API server is asked. */
export const withoutReported = <One extends Change>(
  ctx: CheckContext,
  { self, cluster }: HostConfig,
  changes: readonly One[],
): Promise<readonly One[]> =>
  withoutReportedOf(ctx, self.name, changes, ownServer(self.address, cluster.bindPort))
