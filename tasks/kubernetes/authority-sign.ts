import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  portNumber,
  remotePath,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { kubeadmConfigPath, newAuthority, newCertificates, renewingPath } from './kubeadm/paths.ts'
import { allowUnknownVersion, factsOf, knownVersion } from './kubeadm/versions.ts'
import { applyEdits, recordPodsOf } from './rotation/apply-edits.ts'
import { requireOnlyMasters, requireTrusted } from './rotation/require.ts'
import { authoritiesSchema, rotationsOf } from './rotation/rotation.ts'
import type { Authority, Rotation } from './rotation/rotation.ts'
import { formerLeaves, missingKey, placeKey, unsigned } from './rotation/signed.ts'
import { trustEdits } from './rotation/trust.ts'

/** The replacements that have something left to sign on a host. */
const pending = async (ctx: CheckContext, authorities: readonly Authority[]) => {
  const all = (await rotationsOf(ctx, authorities)).map(async (rotation) => ({
    rotation,
    changes: await unsigned(ctx, rotation),
  }))
  return (await Promise.all(all)).filter(({ changes }) => changes.length > 0)
}

/** Puts the new key beside the new certificate, which is the first one then. */
const placeAuthority = async (ctx: ApplyContext, rotation: Rotation): Promise<void> => {
  await applyEdits(ctx, await trustEdits(ctx, rotation, 'new first'))
  if ((await missingKey(ctx, rotation)).length > 0) await placeKey(ctx, rotation)
}

/** Lets a new authority sign on a control-plane node, and everything there is signed by it. */
export const authoritySign = defineTask({
  name: 'authority-sign',
  description:
    'Puts a new authority in the first place on a control-plane node, and renews all certificates and kubeconfigs with kubeadm, once all control-plane nodes trust it, and there are no other nodes. static-pods-restart and kubelet-certificate follow.',
  reads:
    'the authorities of all control-plane nodes, the nodes of the cluster, the certificates in /etc/kubernetes/pki, and the kubeconfigs',
  example: { authorities: ['cluster'], masters: ['m1'], version: 'v1.37.2', address: '10.0.0.11' },
  params: () =>
    z
      .object({
        authorities: authoritiesSchema(),
        masters: z.array(z.string()).min(1).describe('the names of all control-plane nodes'),
        version: z.string().describe('the Kubernetes version, such as v1.37.2'),
        address: z.string().describe('the address that this control-plane node advertises'),
        port: portNumber().default(6443).describe('the port of its API server'),
        allowUnknownVersion: allowUnknownVersion(),
        config: remotePath()
          .default(kubeadmConfigPath)
          .describe(
            'the kubeadm configuration on the host; where it does not exist, kubeadm asks the cluster',
          ),
      })
      .superRefine(knownVersion('version')),
  title: ({ authorities }) => `the new authority has signed: ${authorities.join(', ')}`,
  makes: () => [newCertificates],

  async check(ctx, { authorities, masters, address, port }) {
    const predicted = authorities.filter((one) => ctx.predicted(newAuthority(one)))
    if (predicted.length > 0)
      return drift(
        ...predicted.map((one) => ({
          what: `certificates of the authority ${one}`,
          to: 'signed by the new one',
        })),
      )
    const found = await pending(ctx, authorities)
    if (found.some(({ rotation }) => rotation.authority === 'cluster'))
      await requireOnlyMasters(ctx, masters, ownServer(address, port))
    // under --check, hosts that do not trust it yet would do so by now
    if (!ctx.predicted(newCertificates))
      for (const { rotation } of found) await requireTrusted(ctx, rotation.authority, masters)
    return driftUnlessEmpty(found.flatMap(({ changes }) => changes))
  },

  async apply(ctx, { authorities, version, config }) {
    const { remote } = ctx
    const found = await pending(ctx, authorities)
    // before anything is new: a run that is interrupted right after kubeadm must still restart them
    await recordPodsOf(
      ctx,
      found.map(({ rotation }) => rotation.authority),
    )
    for (const { rotation } of found) await placeAuthority(ctx, rotation)
    const leaves = await Promise.all(found.map(({ rotation }) => formerLeaves(ctx, rotation)))
    if (leaves.flat().length > 0) {
      const { renewal } = factsOf(version)
      if (renewal === undefined)
        throw new CoxswainError('task-failed', `kubeadm ${version} cannot renew certificates`, {
          hint: 'renew them as the documentation of this version describes, and run again',
        })
      await remote.write(renewingPath, 'kubeadm renews certificates; gone when it has\n')
      const words = [...renewal.split(' '), ...((await remote.exists(config)) ? ['--config', config] : [])]
      await remote.run({ timeout: 120 })`kubeadm ${words}`
      await remote.remove(renewingPath)
    }
    // kubeadm lets the kubeconfigs trust the new authority alone
    for (const rotation of await rotationsOf(ctx, authorities))
      await applyEdits(ctx, await trustEdits(ctx, rotation, 'new first'))
  },
})
