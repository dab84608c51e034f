/** What keeps a replacement of an authority right while kubeadm signs on the host: it knows nothing of two authorities. */
import type { ApplyContext } from '../../../engine/index.ts'
import { applyEdits } from './apply-edits.ts'
import { isAt } from './bundle.ts'
import { rotationsOf } from './rotation.ts'
import type { Authority } from './rotation.ts'
import { missingKey, placeKey } from './signed.ts'
import { keptTrust } from './trust.ts'

/** Puts the new keys in place that a killed run has not: kubeadm refuses a key that is not that of the first certificate. */
export const completeKeys = async (ctx: ApplyContext, authorities: readonly Authority[]): Promise<void> => {
  for (const rotation of await rotationsOf(ctx, authorities))
    if (isAt(rotation.stage, 'new first') && (await missingKey(ctx, rotation)).length > 0)
      await placeKey(ctx, rotation)
}

/** Lets kubeconfigs that kubeadm has written trust both authorities again: it puts the first certificate there alone. */
export const keepTrust = async (ctx: ApplyContext, paths: readonly string[]): Promise<void> => {
  for (const rotation of await rotationsOf(ctx, ['cluster']))
    await applyEdits(ctx, await keptTrust(ctx, rotation, paths))
}
