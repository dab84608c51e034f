/** Whether a control-plane node has another name or address than the inventory says, and its configuration as it is. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { nodeIpIn } from '../config/node-ip.ts'
import { kubeletFlags } from '../kubeadm/paths.ts'
import type { HostConfig, Master } from '../kubeadm/settings.ts'
import { inWords, isKnownAs, presentIdentity } from './identity.ts'
import { recordedRejoin } from './record.ts'

/** Whether a host is to leave its cluster and join it again, or an interrupted run has begun that. */
export const rejoinIsDue =
  (wanted: Master) =>
  async (ctx: CheckContext): Promise<boolean> => {
    if ((await recordedRejoin(ctx)) !== undefined) return true
    const identity = await presentIdentity(ctx)
    return identity !== undefined && !isKnownAs(identity, wanted)
  }

/** Whether it is another address that a host is to have. */
export const addressIsDue =
  ({ address }: Master) =>
  async (ctx: CheckContext): Promise<boolean> => {
    const from = (await recordedRejoin(ctx))?.from ?? (await presentIdentity(ctx))
    return from !== undefined && !isKnownAs(from, { name: from.name, address })
  }

/**
 * A configuration with the name and the addresses that the node has now.
 *
 * @returns undefined for a host that an interrupted run has left, or that is not a control-plane node.
 */
export const asItIs = async <Config extends HostConfig>(
  ctx: CheckContext,
  config: Config,
): Promise<Config | undefined> => {
  if ((await recordedRejoin(ctx)) !== undefined) return undefined
  const identity = await presentIdentity(ctx)
  if (identity === undefined) return undefined
  if (isKnownAs(identity, config.self)) return config
  const self = { name: identity.name, address: identity.address }
  const flags = (await ctx.remote.read(kubeletFlags)) ?? ''
  return {
    ...config,
    self,
    members: config.members.map((one) => (one.name === config.self.name ? self : one)),
    ...(config.nodeIp !== undefined && { nodeIp: nodeIpIn(flags) }),
  }
}

/** @throws `task-failed` if a run has left the host while it got another name or address. */
export const refuseRejoining = async (ctx: CheckContext): Promise<void> => {
  const recorded = await recordedRejoin(ctx)
  if (recorded === undefined) return
  throw new CoxswainError(
    'task-failed',
    `${ctx.host.name} was left while it changed from ${inWords(recorded.from)} to ${inWords(recorded.to)}`,
    { hint: 'run playbooks/rename-or-readdress.ts again, which continues it; nothing was changed' },
  )
}
