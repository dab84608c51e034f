import { defineTask, drift, ok, portNumber, z } from '../../engine/index.ts'
import type { CheckContext, Verdict } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { rewritable, valuePrefix } from './encryption/config.ts'
import { countAll, countLeft, resourcesOf } from './encryption/left.ts'
import { readKeys, masterStage } from './encryption/record.ts'
import type { EncryptionRecord } from './encryption/record.ts'
import { isAway, refusedObjects, rewritePass } from './encryption/rewrite.ts'
import { refuseStage, rewrittenObjects, stagesOf } from './encryption/require.ts'
import { isAt, whyNot } from './encryption/stages.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { newEncryptionKey } from './kubeadm/paths.ts'
import { waitForPod } from './kubeadm/restarts.ts'

/** How many passes can go by in which others change what is left. */
const mostPasses = 20

const subject = (resources: readonly string[]): string => `objects in etcd (${resources.join(', ')})`

/** What is proven when nothing is left. */
const proof = async (ctx: CheckContext, { former, next }: EncryptionRecord): Promise<string> => {
  const count = await countAll(ctx, resourcesOf(former))
  return `${counted(count, 'object')} in etcd (${resourcesOf(former).join(', ')}): all begin with ${valuePrefix(next.provider, next.key.name)}`
}

/** Writes all objects again that are under former keys of encryption at rest, or are not encrypted. */
export const encryptionRewrite = defineTask({
  name: 'encryption-rewrite',
  description:
    'Writes all objects again that a former key has encrypted, once all API servers encrypt with the new one, each as it is, and not over a change that others make meanwhile. Proves with etcd that none is left.',
  reads: 'how the values in etcd begin, which etcd compares itself; and the keys of all control-plane nodes',
  example: { masters: ['m1', 'm2', 'm3'], address: '10.0.0.11' },
  params: () =>
    z.object({
      masters: z.array(z.string()).min(1).describe('the names of all control-plane nodes'),
      resources: z
        .array(z.enum(rewritable))
        .default(['secrets'])
        .describe('what a cluster encrypts that did not encrypt before: --check counts its objects'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
    }),
  title: () => 'all objects are under the new key of encryption at rest',
  makes: () => [rewrittenObjects],

  async check(ctx, { masters, resources }): Promise<Verdict<string | undefined>> {
    const keys = await readKeys(ctx, undefined)
    const { record, config } = keys
    if (record === undefined) {
      if (!ctx.predicted(newEncryptionKey)) return ok(undefined)
      const names = config === undefined ? resources : resourcesOf(config)
      const count = await countAll(ctx, names)
      return count === 0
        ? ok(undefined)
        : drift({ what: subject(names), from: 'under former keys, or plain', to: `${count} written again` })
    }
    const names = resourcesOf(record.former)
    // the former keys went after this was proven
    if (isAt(masterStage(ctx, keys, record).stage, 'new')) return ok(undefined)
    refuseStage('new', whyNot('new', await stagesOf(ctx, record, masters), 0))
    const count = await countLeft(ctx, names, record.next)
    if (count === 0) {
      const text = await proof(ctx, record)
      return ok(text, { text })
    }
    return drift({
      what: subject(names),
      from: 'under former keys, or plain',
      to: `up to ${count} written again`,
    })
  },

  async apply(ctx, { address, port }) {
    const { record } = await readKeys(ctx, undefined)
    if (record === undefined) return
    const server = ownServer(address, port)
    const total = await countLeft(ctx, resourcesOf(record.former), record.next)
    for (let passes = 1; passes <= mostPasses; passes += 1) {
      const { count, failures } = await rewritePass(ctx, record, server, total)
      if (count === 0 && failures.length === 0) return
      if (failures.length === 0 || (await countLeft(ctx, resourcesOf(record.former), record.next)) === 0)
        continue
      const refusals = failures.filter((one) => !isAway(one))
      if (refusals.length > 0 || passes === mostPasses)
        throw refusedObjects(refusals.length > 0 ? refusals : failures)
      // it was only away
      await waitForPod(ctx, 'kube-apiserver')
    }
  },
})
