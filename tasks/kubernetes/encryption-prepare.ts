import { CoxswainError, defineTask, drift, ok, portNumber, remotePath, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { begunRecord, stateBefore } from './encryption/begin.ts'
import { isSameConfig, providerNames, rewritable } from './encryption/config.ts'
import { countAll, resourcesOf } from './encryption/left.ts'
import { clockOf, newKey } from './encryption/new-key.ts'
import { requireLoaded, requireReadable } from './encryption/loaded.ts'
import { onMaster, readKeys, stageThere, writeRecord } from './encryption/record.ts'
import type { MasterKeys } from './encryption/record.ts'
import { requireAllMasters } from './encryption/require.ts'
import { configAt, isRecent } from './encryption/stages.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { newEncryptionKey } from './kubeadm/paths.ts'

const readAll = (
  ctx: CheckContext,
  masters: readonly string[],
  file: string | undefined,
): Promise<MasterKeys[]> =>
  Promise.all(masters.map(async (name) => readKeys(await onMaster(ctx, name), file)))

const refuseFuture = async (ctx: CheckContext, madeBefore: string): Promise<void> => {
  if (new Date(madeBefore).getTime() <= (await clockOf(ctx)).getTime()) return
  throw new CoxswainError('task-failed', `${madeBefore} is in the future by the clock of ${ctx.host.name}`, {
    hint: 'give an earlier time: a key that is made now would be replaced again by the next run',
  })
}

/** The name of the key that encrypts. */
const encrypting = (config: MasterKeys['config']): string => {
  const [provider] = config?.[0]?.providers ?? []
  const [key] = provider?.keys ?? []
  return key === undefined || provider === undefined
    ? 'objects are not encrypted'
    : `${provider.type}: ${key.name}`
}

/** Makes a new key of encryption at rest, if the one in use is old. */
export const encryptionPrepare = defineTask({
  name: 'encryption-prepare',
  description:
    'Makes a new key of encryption at rest for all control-plane nodes, if the one that encrypts was made before a time, or if nothing is encrypted; the other control-plane nodes get a copy. Nothing uses it yet.',
  reads:
    'the argument encryption-provider-config of all API servers and the files that it names, when these were changed and the API servers started, the new key in /etc/coxswain/rotate-keys, the nodes, all objects through the API server of the host, their names in etcd, and the clock of the host',
  example: { madeBefore: '2026-01-01', masters: ['m1', 'm2', 'm3'], address: '10.0.0.11' },
  params: () =>
    z.object({
      madeBefore: z
        .union([z.iso.date(), z.iso.datetime()])
        .describe('replace a key made before this, such as 2026-01-31 or 2026-01-31T12:00:00Z'),
      masters: z.array(z.string()).min(1).describe('the names of all control-plane nodes'),
      file: remotePath()
        .optional()
        .describe('the file that the configuration names; without it, nothing can be encrypted'),
      provider: z.enum(providerNames).default('secretbox').describe('the provider of the new key'),
      resources: z
        .array(z.enum(rewritable))
        .min(1)
        .default(['secrets'])
        .describe('what a cluster encrypts that did not encrypt before; in another one, its file says it'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
    }),
  title: ({ madeBefore }) => `the key of encryption at rest was made after ${madeBefore}, or is replaced`,
  makes: () => [newEncryptionKey],

  async check(ctx, { madeBefore, masters, file, resources, address, port }) {
    const server = ownServer(address, port)
    const [all, own] = await Promise.all([readAll(ctx, masters, file), readKeys(ctx, file)])
    const begun = begunRecord(all)
    if (begun !== undefined) {
      const { record, name } = begun
      const stage = stageThere(own, record)
      if (own.record === undefined) {
        // it has ended here, and the others are about to end as well
        if (own.config !== undefined && isSameConfig(own.config, configAt('new', record))) return ok()
        await requireAllMasters(ctx, masters, server)
        return drift({ what: newEncryptionKey, to: `a copy of that of ${name}` })
      }
      if (stage !== 'new') await requireAllMasters(ctx, masters, server)
      return ok()
    }
    const { former, turnsOn } = await stateBefore(ctx, all, file, resources)
    await refuseFuture(ctx, madeBefore)
    if (isRecent(former, new Date(madeBefore))) return ok()
    await requireAllMasters(ctx, masters, server)
    // what is on disk is all that is known of them later
    await requireLoaded(ctx, server, all)
    await requireReadable(ctx, server, resourcesOf(former))
    // where etcd cannot be asked, nothing could be proven in the end
    await countAll(ctx, resourcesOf(former))
    return drift({
      what: newEncryptionKey,
      from: encrypting(former),
      to: `a new one${turnsOn ? ` for ${resources.join(', ')}` : ''}, in /etc/coxswain/rotate-keys`,
    })
  },

  async apply(ctx: ApplyContext, { masters, file, provider, resources }) {
    const all = await readAll(ctx, masters, file)
    const begun = begunRecord(all)
    if (begun !== undefined) {
      await writeRecord(ctx, begun.record)
      return
    }
    const before = await stateBefore(ctx, all, file, resources)
    const key = await newKey(ctx)
    await writeRecord(ctx, { ...before, next: { provider, key } })
    ctx.log(`the new key is ${key.name}`)
  },
})
