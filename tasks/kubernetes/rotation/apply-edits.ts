/** Puts edits of trust in place, and records what must be restarted for them. */
import { Secret } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { kubeletRestartPath } from '../kubeadm/paths.ts'
import { components } from '../kubeadm/pod-manifests.ts'
import { podsToRestart, recordRestarts, staticPodsOf } from '../kubeadm/restarts.ts'
import { authorityFacts } from './rotation.ts'
import type { Authority } from './rotation.ts'
import { isOfKubelet } from './trust.ts'
import type { Edit } from './trust.ts'

/** Records the static pods that use authorities, before anything that they read is new. */
export const recordPodsOf = async (ctx: ApplyContext, authorities: readonly Authority[]): Promise<void> => {
  const [there, recorded] = await Promise.all([staticPodsOf(ctx), podsToRestart(ctx, false)])
  const wanted = new Set([...recorded, ...authorities.flatMap((one) => authorityFacts[one].pods)])
  // a worker does not have any
  if (there.length > 0)
    await recordRestarts(
      ctx,
      components.filter((pod) => wanted.has(pod) && there.includes(pod)),
    )
}

/** Puts edits in place, in their order. Files keep their owner and mode. */
export const applyEdits = async ({ remote }: ApplyContext, edits: readonly Edit[]): Promise<void> => {
  if (edits.some(isOfKubelet)) {
    await remote.makeDirectory('/etc/coxswain')
    await remote.write(
      kubeletRestartPath,
      'the kubelet trusts another authority; gone when it was restarted\n',
    )
  }
  for (const { path, text } of edits)
    await (text === undefined
      ? remote.remove(path)
      : // kubeconfigs have private keys
        remote.write(path, path.endsWith('.conf') ? new Secret(text) : text))
}
