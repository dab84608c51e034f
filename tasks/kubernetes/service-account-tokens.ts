import { defineTask, drift, duration, ok, portNumber, z } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { eventually } from '../shared/eventually.ts'
import { kubeletProblems, requireKubelet } from './kubeadm/kubelet.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { renewedTokens, serverOn } from './service-accounts/record.ts'
import { firstOf, refuse, rotationOf, wantedOf } from './service-accounts/require.ts'
import { whyNotRenewed } from './service-accounts/stages.ts'
import { refuseMissing, wrongOn } from './service-accounts/tokens.ts'

/** What is said of files that are not tokens of a pod: only their owners can renew them. */
const copiesText = (copies: readonly string[]): string =>
  `these files name a former key. If they are tokens that pods use, they are refused in the end: ${copies.slice(0, 20).join(', ')}${copies.length > 20 ? ', …' : ''}`

/** Lets the pods of a node have tokens of a new service account key. */
export const serviceAccountTokens = defineTask({
  name: 'service-account-tokens',
  description:
    'Restarts the kubelet of a node whose pods have tokens of a former service account key, once all API servers sign with the new one, and waits until the files of all pods have new tokens. No pod is restarted.',
  reads:
    'which keys have signed the tokens below /var/lib/kubelet/pods, the pods of the node, and sa.pub and sa.key on all control-plane nodes',
  example: { masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      masters: z.array(masterSchema).min(1).describe('all control-plane nodes'),
      port: portNumber().default(6443).describe('the port of the API servers'),
      timeout: duration().default(600).describe('seconds to wait for new tokens'),
    }),
  title: () => 'the pods of the node have tokens of the new service account key',
  makes: () => [renewedTokens],

  async check(ctx, { masters, port }) {
    const plane = { masters, port }
    const rotation = await rotationOf(ctx, plane)
    const wanted = await wantedOf(ctx, plane, rotation)
    if (wanted === undefined) return ok()
    const api = await firstOf(ctx, plane)
    const wrong = await wrongOn(api, serverOn(api, plane), ctx, wanted)
    refuseMissing(wrong, ctx.host.name)
    const { length } = wrong.former
    if (length === 0)
      return wrong.copies.length === 0 ? ok() : ok(undefined, { text: copiesText(wrong.copies) })
    if (rotation !== undefined) refuse('tokens are not renewed yet', whyNotRenewed(rotation.stages))
    await requireKubelet(ctx)
    return drift({
      what: `${counted(length, 'token')} of pods`,
      from: 'of a former key',
      to: 'of the new key, by a restart of the kubelet',
    })
  },

  async apply(ctx, { masters, port, timeout }) {
    const plane = { masters, port }
    const wanted = await wantedOf(ctx, plane, await rotationOf(ctx, plane))
    if (wanted === undefined) return
    const api = await firstOf(ctx, plane)
    ctx.log(`restarting the kubelet of ${ctx.host.name}`)
    await ctx.remote.run({ timeout: 120 })`systemctl restart kubelet`
    const missing = async (): Promise<string[]> => {
      const problems = await kubeletProblems(ctx)
      if (problems.length > 0) return problems
      const { former } = await wrongOn(api, serverOn(api, plane), ctx, wanted)
      const [one] = former
      return one === undefined ? [] : [`${counted(former.length, 'token')} of a former key, such as ${one}`]
    }
    await eventually(ctx, missing, {
      seconds: timeout,
      every: 2,
      hint: 'former tokens stay accepted. Check that pod: one that ends does not get a new one; delete it, and run again',
    })
  },
})
