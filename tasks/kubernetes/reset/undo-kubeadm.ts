/** Undoes what kubeadm, kube-proxy and pod networks did on a host that has left its cluster. */
import type { ApplyContext } from '../../../engine/index.ts'
import { etcdData } from '../kubeadm/paths.ts'
import { networkConfigurations } from '../networks/configurations.ts'
import { removePodDevices } from './devices.ts'
import { removePaths } from './mounts.ts'
import { leftovers, resetHost } from './reset-host.ts'
import { removeKubernetesRules } from './rules.ts'

/**
 * Resets a host after it has left its cluster. /etc/coxswain is kept: its caller removes it last, so that an interrupted reset is
 * continued.
 *
 * @param reset the words of kubeadm reset.
 */
export const undoKubeadm = async (ctx: ApplyContext, reset: readonly string[]): Promise<void> => {
  await ctx.remote.makeDirectory('/etc/coxswain')
  await resetHost(ctx, reset, 'end containers')
  await removePaths(ctx, 'remove', [...leftovers.removed, etcdData, ...(await networkConfigurations(ctx))])
  await removePaths(ctx, 'empty', leftovers.emptied)
  await removePodDevices(ctx)
  await removeKubernetesRules(ctx)
}
