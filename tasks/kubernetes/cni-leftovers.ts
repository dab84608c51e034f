import { defineTask, driftUnlessEmpty, hostSelector, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { leftoversOf } from './networks/leftovers.ts'
import { readRecord } from './networks/record.ts'
import type { NetworkRecord } from './networks/record.ts'
import { removeDevices } from './reset/devices.ts'
import { removePaths } from './reset/mounts.ts'
import { removeNetworkRules } from './reset/rules.ts'

const params = () =>
  z.object({ via: hostSelector().describe('a control-plane node, which has the record of what was applied') })
type Params = z.output<ReturnType<typeof params>>

/** The record of a network that is being removed. */
const removedOf = async (ctx: CheckContext, { via }: Params): Promise<NetworkRecord | undefined> => {
  const record = await readRecord(await ctx.on(via))
  return record?.state === 'removing' ? record : undefined
}

/**
 * Removes what a pod network has left on a node, after `cni-remove` has removed it from the cluster.
 *
 * Only files that its manifest names, and devices, folders and firewall rules that are known to be of this network, are removed: the node stays.
 */
export const cniLeftovers = defineTask({
  name: 'cni-leftovers',
  description:
    'Removes what a pod network has left on a node after cni-remove: its files in /etc/cni/net.d, its devices, its folders, and its firewall rules. Those of kube-proxy and of other programs stay.',
  reads: 'the record of what was applied, /etc/cni/net.d, network devices, folders and firewall rules',
  example: { via: 'masters[0]' },
  params,
  title: () => 'nothing of a removed pod network',

  async check(ctx, given) {
    const record = await removedOf(ctx, given)
    if (record === undefined) return driftUnlessEmpty([])
    const { files, folders, devices, rules } = await leftoversOf(ctx, record)
    const found = [...files, ...folders, ...devices.map((name) => `network device ${name}`), ...rules]
    return driftUnlessEmpty(found.map((what) => ({ what, from: 'present', to: 'removed' })))
  },

  async apply(ctx, given) {
    const record = await removedOf(ctx, given)
    if (record === undefined) return
    const { files, folders, devices } = await leftoversOf(ctx, record)
    // first: from then on, no pod gets this network any more
    await removePaths(ctx, 'remove', [...files, ...folders])
    await removeDevices(ctx, devices)
    await removeNetworkRules(ctx)
  },
})
