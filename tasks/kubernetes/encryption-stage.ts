import { CoxswainError, defineTask, driftUnlessEmpty, drift, ok, portNumber, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { requireMounted } from './encryption/begin.ts'
import { resourcesOf } from './encryption/left.ts'
import { requireReadable } from './encryption/loaded.ts'
import {
  encryptionFlag,
  fileAt,
  masterStage,
  predictedStage,
  readKeys,
  stageThere,
} from './encryption/record.ts'
import type { EncryptionRecord, MasterKeys } from './encryption/record.ts'
import { requireAllMasters, requireStage } from './encryption/require.ts'
import { isAt } from './encryption/stages.ts'
import type { Stage } from './encryption/stages.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { requireKubelet } from './kubeadm/kubelet.ts'
import { manifest, newEncryptionKey } from './kubeadm/paths.ts'
import { components } from './kubeadm/pod-manifests.ts'
import { manifestText, podsToRestart, recordRestarts, restartStaticPod } from './kubeadm/restarts.ts'

const words: Readonly<Record<Stage, string>> = {
  former: 'the former keys',
  both: 'the new key decrypts, a former one encrypts',
  'new first': 'the new key encrypts, the former ones decrypt',
  new: 'the new key alone',
}

/** The stages that the task makes. */
const wanted = ['both', 'new first', 'new'] as const

const keysChange = (from: Stage | undefined, to: Stage): Change => ({
  what: 'keys of encryption at rest',
  from: from === undefined ? undefined : words[from],
  to: words[to],
})

/** What a host lacks for a stage. One that is further stays there. */
const lacking = (ctx: CheckContext, keys: MasterKeys, record: EncryptionRecord, stage: Stage): Change[] => {
  const there = stageThere(keys, record)
  const { stage: own, pending } = masterStage(ctx, keys, record)
  if (!isAt(own, stage)) return [keysChange(there, stage)]
  return pending
    ? [{ what: 'kube-apiserver', from: `started before it had: ${words[there]}`, to: 'restarted' }]
    : []
}

/** A manifest of the API server with the argument. */
const withArgument = (text: string, path: string): string =>
  text.replace(
    /^(\s*)- kube-apiserver[ \t]*$/m,
    (line, indent: string) => `${line}\n${indent}- --${encryptionFlag}=${path}`,
  )

/** Lets the API server of a host read the file, where it does not do that yet. */
const addArgument = async (ctx: ApplyContext, { path }: EncryptionRecord): Promise<void> => {
  const text = (await manifestText(ctx, 'kube-apiserver')) ?? ''
  const edited = withArgument(text, path)
  if (edited === text)
    throw new CoxswainError(
      'task-failed',
      `the command of ${manifest('kube-apiserver')} on ${ctx.host.name} is not in the form of kubeadm`,
      { hint: `add --${encryptionFlag}=${path} to it, and run again` },
    )
  await ctx.remote.write(manifest('kube-apiserver'), edited)
}

/** Who can read a file of keys: its owner stays, where an API server does not run as root. */
const ownerOf = async ({ remote }: CheckContext, path: string) => {
  const there = await remote.stat(path)
  const name = (text = 'root', id = 0): string => (text === 'UNKNOWN' ? String(id) : text)
  return { mode: '0600', owner: name(there?.owner, there?.uid), group: name(there?.group, there?.gid) }
}

/** Lets the API server of a control-plane node go on in the replacement of a key of encryption at rest. */
export const encryptionStage = defineTask({
  name: 'encryption-stage',
  description:
    'Lets the API server of a control-plane node decrypt with a new key, encrypt with it once all API servers can decrypt that, or drop the former keys once nothing is left under them. The API server is restarted each time.',
  reads:
    'the files with the keys on all control-plane nodes, the static pods that must be restarted there, the nodes, and before former keys go, how the values in etcd begin',
  example: { stage: 'both', masters: ['m1', 'm2', 'm3'], address: '10.0.0.11' },
  params: () =>
    z.object({
      stage: z
        .enum(wanted)
        .describe('both: the new key decrypts; new first: it encrypts; new: the former keys are gone'),
      masters: z.array(z.string()).min(1).describe('the names of all control-plane nodes'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
    }),
  title: ({ stage }) => `encryption at rest: ${words[stage]}`,
  makes: ({ stage }) => [predictedStage(stage)],
  explain: explainControlPlane,

  async check(ctx, { stage, masters, address, port }) {
    const keys = await readKeys(ctx, undefined)
    const { record } = keys
    if (record === undefined) {
      // without a replacement, there is nothing to do; or it has ended here
      if (!ctx.predicted(newEncryptionKey)) return ok()
      return drift(keysChange(undefined, stage))
    }
    const changes = lacking(ctx, keys, record, stage)
    if (changes.length === 0) return ok()
    if (!isAt(masterStage(ctx, keys, record).stage, stage)) {
      await requireAllMasters(ctx, masters, ownServer(address, port))
      await requireStage(ctx, stage, record, masters)
    }
    if (keys.path === undefined) await requireMounted(ctx, record.path)
    await requireKubelet(ctx)
    return driftUnlessEmpty(changes)
  },

  async apply(ctx, { stage, address, port }) {
    const { remote } = ctx
    const keys = await readKeys(ctx, undefined)
    const { record } = keys
    if (record === undefined) return
    const others = (await podsToRestart(ctx, false)).filter((pod) => pod !== 'kube-apiserver')
    // before anything is new: until it was restarted, it is not known what the API server has read
    await recordRestarts(
      ctx,
      components.filter((pod) => pod === 'kube-apiserver' || others.includes(pod)),
    )
    if (!isAt(stageThere(keys, record), stage))
      await remote.write(record.path, fileAt(stage, record), await ownerOf(ctx, record.path))
    if (keys.path === undefined) await addArgument(ctx, record)
    await restartStaticPod(ctx, 'kube-apiserver')
    // while its restart is recorded, no other one goes on
    await requireReadable(ctx, ownServer(address, port), resourcesOf(record.former))
    await recordRestarts(ctx, others)
  },
})
