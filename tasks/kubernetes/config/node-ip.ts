/** The address that the kubelet of a control-plane node reports, where the inventory does not say it. */
import type { CheckContext } from '../../../engine/index.ts'
import { addressOf } from '../../network/addresses/addresses.ts'
import { isAmong, isShared, ownAddresses } from '../../network/addresses/own-addresses.ts'
import { kubeletFlags } from '../kubeadm/paths.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { nodeIpSchema } from '../kubeadm/network-rules.ts'

/** The --node-ip that a node has; undefined for a node without one. */
export const nodeIpIn = (flags: string): string | undefined =>
  nodeIpSchema.safeParse(/--node-ip=([^\s"]+)/.exec(flags)?.[1]).data

/**
 * The --node-ip of a new node. A kubelet without it takes the address of the default route, which can be one that other nodes cannot reach.
 *
 * @returns undefined for a host with one address of its own in that family: a kubelet takes that by itself, unless a virtual one
 * can come to the host.
 */
export const nodeIpFor = async (
  ctx: CheckContext,
  address: string,
  virtualIp: string | undefined,
): Promise<string | undefined> => {
  const own = await ownAddresses(ctx)
  const family = addressOf(address)?.family
  if (own === undefined || !isAmong(address, own)) return undefined
  // the kubelet could take it when it comes to this host
  if (virtualIp !== undefined && addressOf(virtualIp)?.family === family) return address
  const several = own.filter((one) => !isShared(one) && addressOf(one.address)?.family === family)
  return new Set(several.map((one) => addressOf(one.address)?.key)).size > 1 ? address : undefined
}

/**
 * A configuration with the address that the kubelet reports: that of the inventory, else what the node has, and for a node that is
 * new the address that it advertises, if its host has several.
 *
 * A cloud provider chooses the address of its nodes itself.
 */
export const withNodeIp = async <Config extends HostConfig>(
  ctx: CheckContext,
  config: Config,
): Promise<Config> => {
  const { cluster, self, nodeIp: given, virtualIp } = config
  const { 'node-ip': own, 'cloud-provider': provider } = cluster.kubeletExtraArgs
  if (given !== undefined || own !== undefined || provider !== undefined) return config
  const flags = await ctx.remote.read(kubeletFlags)
  const nodeIp = flags === undefined ? await nodeIpFor(ctx, self.address, virtualIp) : nodeIpIn(flags)
  return nodeIp === undefined ? config : { ...config, nodeIp }
}
