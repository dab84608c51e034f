import { defineTask, driftUnlessEmpty, flag, portNumber, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { newAuthority, newCertificates } from './kubeadm/paths.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { applyEdits, recordPodsOf } from './rotation/apply-edits.ts'
import { isAt } from './rotation/bundle.ts'
import { requireReplaced } from './rotation/require.ts'
import { authoritiesSchema, authorityFacts, rotationsOf } from './rotation/rotation.ts'
import type { Authority, Rotation } from './rotation/rotation.ts'
import { missingKey, placeKey } from './rotation/signed.ts'
import { trustEdits } from './rotation/trust.ts'
import type { Edit } from './rotation/trust.ts'

/** The edits of each authority whose replacement has begun. */
const pending = async (
  ctx: CheckContext,
  authorities: readonly Authority[],
  only: boolean,
): Promise<{ readonly rotation: Rotation; readonly edits: Edit[]; readonly key: Change[] }[]> => {
  const all = (await rotationsOf(ctx, authorities)).map(async (rotation) => ({
    rotation,
    edits: await trustEdits(ctx, rotation, only ? 'new' : 'both'),
    // an earlier run was killed before it: a controller manager that leads ends with a pair that does not match
    key: isAt(rotation.stage, 'new first') ? await missingKey(ctx, rotation) : [],
  }))
  return (await Promise.all(all)).filter(({ edits, key }) => edits.length + key.length > 0)
}

/** The changes that follow from an authority that an earlier task would make, under `--check`. */
const predictedChanges = (ctx: CheckContext, authorities: readonly Authority[], only: boolean): Change[] =>
  authorities
    .filter((one) => ctx.predicted(newAuthority(one)))
    .map((one) => ({
      what: `trust in ${authorityFacts[one].base}.crt`,
      from: only ? 'both authorities' : 'the former authority',
      to: only ? 'the new authority' : 'both authorities',
    }))

/** Lets a node trust a new authority beside the former one, or, in the end, alone. */
export const authorityTrust = defineTask({
  name: 'authority-trust',
  description:
    'Lets a control-plane node trust a new authority beside the former one; with `only`, alone, once no node needs the former one any more. static-pods-restart and kubelet-certificate restart what uses it.',
  reads:
    'the files of the authorities, kubeconfigs, the manifest of the controller manager; with only, those of all control-plane nodes, and the nodes of the cluster',
  example: { authorities: ['cluster'], masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      authorities: authoritiesSchema(),
      only: flag().default(false).describe('stop trusting the former authority'),
      masters: z.array(masterSchema).min(1).describe('all control-plane nodes'),
      port: portNumber().default(6443).describe('the port of the API servers'),
    }),
  title: ({ authorities, only }) =>
    `${only ? 'only the new authority is' : 'a new authority is also'} trusted: ${authorities.join(', ')}`,
  makes: () => [newCertificates],

  async check(ctx, { authorities, only, masters, port }) {
    const found = await pending(ctx, authorities, only)
    if (only) {
      const own = masters.find(({ name }) => name === ctx.host.name)
      const server = ownServer(own?.address ?? '127.0.0.1', port)
      const nodes = {
        masters: masters.map(({ name }) => name),
        predicted: ctx.predicted(newCertificates),
      }
      const ending = authorities.filter(
        (one) => ctx.predicted(newAuthority(one)) || found.some(({ rotation }) => rotation.authority === one),
      )
      for (const one of ending) await requireReplaced(ctx, one, nodes, server)
    }
    const changes = found.flatMap(({ edits, key }) => [...key, ...edits.map(({ change }) => change)])
    return driftUnlessEmpty([...predictedChanges(ctx, authorities, only), ...changes])
  },

  async apply(ctx, { authorities, only }) {
    const found = await pending(ctx, authorities, only)
    await recordPodsOf(
      ctx,
      found.map(({ rotation }) => rotation.authority),
    )
    for (const { rotation, key } of found) if (key.length > 0) await placeKey(ctx, rotation)
    await applyEdits(
      ctx,
      found.flatMap(({ edits }) => edits),
    )
  },
})
