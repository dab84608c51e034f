import { defineTask, drift, ok, portNumber, z } from '../../engine/index.ts'
import { newServiceAccountKey, replacedFolder, serviceAccountRecord } from './kubeadm/paths.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { acceptUntilSchema } from './service-accounts/dates.ts'
import { readMaster } from './service-accounts/record.ts'
import type { KeyRecord } from './service-accounts/record.ts'
import { refuse, rotationOf, waitsFor } from './service-accounts/require.ts'
import { whyNotEnded } from './service-accounts/stages.ts'

const placeOf = ({ made }: KeyRecord): string =>
  `${replacedFolder}/service-accounts-before-${made.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '').toLowerCase()}.pub`

const note = ({ made, next }: KeyRecord): string =>
  [
    `# The public keys of service accounts before ${next}, which was made at ${made.toISOString()}.`,
    '# API servers refuse tokens of these keys. Their private key is not kept. Remove this file when you are sure that it is not needed.',
    '',
  ].join('\n')

/** Ends the replacement of the service account key. */
export const serviceAccountKeep = defineTask({
  name: 'service-account-keep',
  description:
    'Deletes the former service account key once all API servers refuse its tokens; its public key is kept in /etc/coxswain/replaced.',
  reads:
    'sa.pub and sa.key on all control-plane nodes, and the replacement in /etc/coxswain/rotate-service-accounts',
  example: { masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      masters: z.array(masterSchema).min(1).describe('all control-plane nodes'),
      acceptUntil: acceptUntilSchema(),
      port: portNumber().default(6443).describe('the port of the API servers'),
    }),
  title: () => 'the former service account key is deleted, unless its tokens are still to be accepted',

  async check(ctx, { masters, acceptUntil, port }) {
    const what = 'the former service account key'
    const { record } = await readMaster(ctx)
    if (record === undefined && !ctx.predicted(newServiceAccountKey)) return ok()
    const rotation = await rotationOf(ctx, { masters, port })
    const waits = await waitsFor(ctx, acceptUntil, rotation)
    if (waits !== undefined) return ok(undefined, { text: waits })
    if (record === undefined) return drift({ what, to: 'deleted' })
    refuse('the former service account key is not deleted', whyNotEnded(rotation?.stages ?? []))
    return drift({ what, from: serviceAccountRecord, to: `deleted; its public key is in ${placeOf(record)}` })
  },

  async apply(ctx) {
    const { remote } = ctx
    const { record } = await readMaster(ctx)
    if (record === undefined) return
    await remote.makeDirectory('/etc/coxswain')
    await remote.makeDirectory(replacedFolder, { mode: '0700', owner: 'root', group: 'root' })
    await remote.write(placeOf(record), note(record) + record.formerPublic, {
      mode: '0600',
      owner: 'root',
      group: 'root',
    })
    // last: the replacement has ended from now on
    await remote.remove(serviceAccountRecord)
  },
})
