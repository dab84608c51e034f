/** Static pods that are stopped: the kubelet does not run them, because their manifests are in another folder. */
import { CoxswainError } from '../../../engine/index.ts'
import type { Change, CheckContext } from '../../../engine/index.ts'
import { stoppedPods } from '../kubeadm/restarts.ts'
import { manifest, movedManifests, recoverRecord, restoringManifests } from '../kubeadm/paths.ts'
import { components } from '../kubeadm/pod-manifests.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'

/** The static pods whose manifests are in a folder, and not in place. */
const podsIn = async ({ remote }: CheckContext, folder: string): Promise<StaticPod[]> => {
  const stopped = await Promise.all(
    components.map(async (pod) => {
      const [away, there] = await Promise.all([
        remote.exists(`${folder}/${pod}.yaml`),
        remote.exists(manifest(pod)),
      ])
      return away && !there
    }),
  )
  return components.filter((_, index) => stopped[index])
}

const stoppedError = (
  { host }: CheckContext,
  pods: readonly StaticPod[],
  folder: string,
  way: string,
): CoxswainError =>
  new CoxswainError(
    'task-failed',
    `${pods.join(' and ')} of ${host.name} ${pods.length === 1 ? 'is stopped: its manifest is' : 'are stopped: their manifests are'} in ${folder}`,
    { hint: `${way}; nothing was changed` },
  )

/** @throws `task-failed` within a restore or a recovery of etcd: only that knows when the pods can start. */
export const refuseRestoring = async (ctx: CheckContext): Promise<void> => {
  const pods = await podsIn(ctx, restoringManifests)
  if (pods.length === 0) return
  const way = (await ctx.remote.exists(recoverRecord))
    ? 'run playbooks/recover-quorum.ts again, which completes it'
    : 'run playbooks/etcd-restore.ts again with the same snapshot, which completes it'
  throw stoppedError(ctx, pods, restoringManifests, way)
}

/** @throws `task-failed` for static pods that a run was restarting when it was interrupted, and for a restore of etcd. */
export const refuseStopped = async (ctx: CheckContext): Promise<void> => {
  await refuseRestoring(ctx)
  const pods = await podsIn(ctx, movedManifests)
  if (pods.length === 0) return
  // reconfigure starts them, too, but not with kubeadm of another version, nor where a setting differs that is fixed
  throw stoppedError(ctx, pods, movedManifests, 'run playbooks/renew-certs.ts, which starts what is stopped')
}

/** What a run that was interrupted while it restarted static pods has left. */
export const leftStopped = async (ctx: CheckContext): Promise<Change[]> => {
  const [moved, stopped] = await Promise.all([stoppedPods(ctx), podsIn(ctx, movedManifests)])
  return moved.map((pod) =>
    stopped.includes(pod)
      ? { what: `static pod ${pod}`, from: 'stopped by an interrupted run', to: 'started' }
      : { what: `${movedManifests}/${pod}.yaml`, from: 'left by an interrupted run', to: undefined },
  )
}
