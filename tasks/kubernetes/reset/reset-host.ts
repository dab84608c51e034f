/** Runs kubeadm reset without deleting what is in the volumes of pods. */
import type { ApplyContext } from '../../../engine/index.ts'
import {
  etcdData,
  kubeconfigs,
  kubeletFolder,
  manifests,
  movedManifests,
  pki,
  restoreFolder,
  restoringManifests,
} from '../kubeadm/paths.ts'
import { networkFolder } from '../networks/configurations.ts'
import { requireUnmounted, unmountBelow } from './mounts.ts'

/** Folders that kubeadm reset leaves. They are emptied but not removed, because others could mount or own them. */
export const leftovers = {
  removed: [
    ...kubeconfigs,
    pki,
    // copies that kubeadm made before upgrades, with keys
    '/etc/kubernetes/tmp',
    movedManifests,
    restoringManifests,
    restoreFolder,
    '/var/lib/cni',
    '/run/flannel',
    '/var/lib/calico',
    '/run/calico',
    '/run/cilium',
  ],
  emptied: [manifests, kubeletFolder],
}
const mayHaveMounts = [...leftovers.removed, etcdData, ...leftovers.emptied, networkFolder]

/**
 * Stops the kubelet, which would mount volumes again, and requires that none is mounted.
 *
 * @throws `task-failed` for those that are. The kubelet is started again then.
 */
export const stopWithoutMounts = async (ctx: ApplyContext): Promise<void> => {
  await ctx.remote.run({ timeout: 90 })`systemctl stop kubelet`
  try {
    await requireUnmounted(ctx, mayHaveMounts)
  } catch (error) {
    // it mounts again what was unmounted; if it does not start, the first error still says what to do
    await ctx.remote.run({ timeout: 90 })`systemctl start kubelet`.result()
    throw error
  }
}

/**
 * Stops the kubelet, unmounts the volumes, resets, and requires that nothing is mounted afterwards.
 *
 * @param reset the words of kubeadm reset.
 * @param busy what to do with volumes that cannot be unmounted while their containers run: refuse before the reset, or let the reset
 *   end the containers first.
 * @throws `task-failed` for what cannot be unmounted.
 */
export const resetHost = async (
  ctx: ApplyContext,
  reset: readonly string[],
  busy: 'refuse' | 'end containers',
): Promise<void> => {
  const { remote } = ctx
  // kubeadm unmounts in the order of mounting, which fails for nested mounts; what containers use is unmounted after it
  if (busy === 'refuse') await stopWithoutMounts(ctx)
  else {
    await remote.run({ timeout: 90 })`systemctl stop kubelet`
    await unmountBelow(ctx, mayHaveMounts)
  }
  await remote.run({ timeout: 300 })`${[...reset]}`
  await requireUnmounted(ctx, mayHaveMounts)
}
