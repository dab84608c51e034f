import { CoxswainError, defineTask, drift, flag, ok, portNumber, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { eventually } from '../shared/eventually.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { acceptUntilSchema } from './service-accounts/dates.ts'
import { readMaster, renewedSecrets, serverOn } from './service-accounts/record.ts'
import { refuse, rotationOf, waitsFor, wantedOf } from './service-accounts/require.ts'
import { hasToken, openOf, readSecrets, renew, shown, waysOfSecrets } from './service-accounts/secrets.ts'
import type { TokenSecret } from './service-accounts/secrets.ts'
import { whyNotSigned } from './service-accounts/stages.ts'
import type { Wanted } from './service-accounts/tokens.ts'

/** The error for tokens that have no overlap. */
const refusal = (left: readonly TokenSecret[]): CoxswainError =>
  new CoxswainError('task-failed', namesOf(left), {
    output: left.map(shown).join('\n'),
    hint: `former tokens stay accepted. ${waysOfSecrets}. Then run again`,
  })

const namesOf = (left: readonly TokenSecret[]): string =>
  `${counted(left.length, 'Secret')} ${left.length === 1 ? 'does' : 'do'} not have a token of the key that signs: ${left.slice(0, 20).map(shown).join(', ')}${left.length > 20 ? ', …' : ''}`

/** The first one alone: where no controller manager writes tokens, the others keep theirs. */
const batchesOf = (left: readonly TokenSecret[]): TokenSecret[][] => [
  left.slice(0, 1),
  ...Array.from({ length: Math.ceil((left.length - 1) / 20) }, (_, index) =>
    left.slice(1 + index * 20, 1 + (index + 1) * 20),
  ),
]

/** The keys whose tokens Secrets must have: without a replacement, those that are accepted. */
const rightKeys = async (ctx: CheckContext, wanted: Wanted | undefined): Promise<string[]> => {
  if (wanted === undefined) return (await readMaster(ctx)).accepted.map(({ id }) => id)
  return wanted.next === undefined ? [] : [wanted.next]
}

/** Lets Secrets have tokens of a new service account key. */
export const serviceAccountSecrets = defineTask({
  name: 'service-account-secrets',
  description:
    'Lets the controller manager write new tokens into Secrets of the type kubernetes.io/service-account-token that have one of a former service account key; without `renew`, it fails with their names, because copies of these tokens are refused from then on.',
  reads: 'which keys have signed the tokens in Secrets, and sa.pub and sa.key on all control-plane nodes',
  example: { masters: [{ name: 'm1', address: '10.0.0.11' }], renew: true },
  params: () =>
    z.object({
      masters: z.array(masterSchema).min(1).describe('all control-plane nodes'),
      renew: flag()
        .default(false)
        .describe('replace the tokens; copies of the former ones are refused at once'),
      acceptUntil: acceptUntilSchema(),
      port: portNumber().default(6443).describe('the port of the API servers'),
    }),
  title: () => 'no Secret has a token of a former service account key',
  makes: () => [renewedSecrets],

  async check(ctx, { masters, renew: isAllowed, acceptUntil, port }) {
    const plane = { masters, port }
    const rotation = await rotationOf(ctx, plane)
    const wanted = await wantedOf(ctx, plane, rotation)
    const left = openOf(await readSecrets(ctx, serverOn(ctx, plane)), await rightKeys(ctx, wanted))
    if (left.length === 0) return ok()
    if (!isAllowed && left.some(hasToken)) {
      // without a replacement, they are refused already
      const waits = await waitsFor(ctx, acceptUntil, rotation)
      if (wanted === undefined || waits !== undefined)
        return ok(undefined, { text: `${namesOf(left)}${waits === undefined ? '' : `; ${waits}`}` })
      throw refusal(left.filter(hasToken))
    }
    if (rotation !== undefined) refuse('tokens in Secrets are not renewed yet', whyNotSigned(rotation.stages))
    return drift(
      ...left.map((one) => ({
        what: `token in the Secret ${shown(one)}`,
        from: hasToken(one) ? 'of a former key' : undefined,
        to: 'a new one',
      })),
    )
  },

  async apply(ctx, { masters, port }) {
    const plane = { masters, port }
    const server = serverOn(ctx, plane)
    const right = await rightKeys(ctx, await wantedOf(ctx, plane, await rotationOf(ctx, plane)))
    const left = openOf(await readSecrets(ctx, server), right)
    for (const batch of batchesOf(left)) {
      const said = await renew(ctx, server, batch.filter(hasToken))
      const names = new Set(batch.map(shown))
      const open = async (): Promise<string[]> =>
        openOf(await readSecrets(ctx, server), right)
          .filter((one) => names.has(shown(one)))
          .map((one) => `the Secret ${shown(one)} does not have a new token`)
      await eventually(ctx, open, {
        seconds: 120,
        hint: `${said === '' ? '' : `${said.trim()}; `}what has the former tokens of these Secrets is refused until they have new ones; those of other Secrets stay accepted. Check that a controller manager leads and writes them: /var/log/pods/kube-system_kube-controller-manager-*; then run again`,
      })
    }
  },
})
