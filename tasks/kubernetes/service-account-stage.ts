import { setTimeout as sleep } from 'node:timers/promises'
import { CoxswainError, Secret, defineTask, drift, duration, ok, portNumber, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { requireKubelet } from './kubeadm/kubelet.ts'
import { newServiceAccountKey } from './kubeadm/paths.ts'
import { components } from './kubeadm/pod-manifests.ts'
import { podsToRestart, recordRestarts, restartStaticPod } from './kubeadm/restarts.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { acceptUntilSchema } from './service-accounts/dates.ts'
import { hasLoaded, signerOf } from './service-accounts/loaded.ts'
import {
  masterStage,
  predictedStage,
  privatePath,
  publicPath,
  publicTextAt,
  readMaster,
  serverOn,
  stageThere,
} from './service-accounts/record.ts'
import type { KeyRecord, Plane } from './service-accounts/record.ts'
import {
  leftOver,
  refuse,
  requireAllNodes,
  requireRecord,
  rotationOf,
  waitsFor,
} from './service-accounts/require.ts'
import { isAt, whyNot } from './service-accounts/stages.ts'
import type { Stage } from './service-accounts/stages.ts'

const words: Readonly<Record<Stage, string>> = {
  former: 'the former key',
  both: 'tokens of the new key are accepted, a former one signs',
  'new signs': 'the new key signs, tokens of the former ones are accepted',
  new: 'the new key alone',
}

const refused: Readonly<Record<Stage, string>> = {
  former: 'nothing is changed',
  both: 'tokens of the new key are not accepted',
  'new signs': 'the new key does not sign yet',
  new: 'tokens of the former key are still accepted',
}

interface Given extends Plane {
  readonly stage: Stage
  readonly nodes: readonly string[]
}

/** @throws `task-failed` unless all control-plane nodes are far enough, and, for the last stage, no token of a former key is in use. */
const requireStage = async (ctx: CheckContext, given: Given): Promise<void> => {
  const { stage, nodes } = given
  await requireAllNodes(ctx, given, nodes)
  const rotation = await rotationOf(ctx, given)
  if (rotation === undefined) return
  const { record, stages } = rotation
  refuse(refused[stage], whyNot(stage, stages, []))
  if (stage !== 'new') return
  const wanted = { former: record.former.accepted, next: record.next }
  refuse(refused[stage], whyNot(stage, stages, await leftOver(ctx, given, nodes, wanted)))
}

/** @throws `task-failed` for an API server that signs with another key than the new one. */
const requireSigners = async (
  ctx: ApplyContext,
  { masters, port }: Plane,
  { next }: KeyRecord,
): Promise<void> => {
  for (const { name, address } of masters) {
    const signer = await signerOf(ctx, ownServer(address, port))
    if (signer !== next)
      throw new CoxswainError(
        'task-failed',
        `the API server of ${name} signs with ${signer === undefined ? 'a key that it does not name' : `the key ${signer}`}, not with the new one`,
        { hint: `restart the API server of ${name}, and run again; tokens of the former key stay accepted` },
      )
  }
}

/** @throws `task-failed` for an API server that does not have the keys of its files after its restart. */
const requireNew = async (ctx: ApplyContext, given: Plane, record: KeyRecord): Promise<void> => {
  const keys = await readMaster(ctx)
  const own = serverOn(ctx, given)
  const ids = keys.accepted.map(({ id }) => id)
  if (!(await hasLoaded(ctx, own, ids)))
    throw new CoxswainError(
      'task-failed',
      `the API server of ${ctx.host.name} was restarted, and has other keys than ${publicPath}`,
      {
        hint: `check which file its manifest mounts there, and run again; no other API server goes on`,
      },
    )
  if (keys.signer === record.next)
    await requireSigners(
      ctx,
      { ...given, masters: given.masters.filter(({ name }) => name === ctx.host.name) },
      record,
    )
}

/** Waits until programs have read their tokens again: those of Kubernetes do it once a minute. */
const waitForPrograms = async (ctx: ApplyContext, seconds: number): Promise<void> => {
  if (seconds > 0) ctx.log(`waiting ${seconds} s, in which programs read their tokens again`)
  await sleep(seconds * 1000, undefined, { signal: ctx.signal })
}

/** Who can read a file: its owner and group stay, where the programs do not run as root; others never write it, or read the key that signs. */
const accessOf = async ({ remote }: CheckContext, path: string) => {
  const there = await remote.stat(path, { follow: true })
  const name = (text = 'root', id = 0): string => (text === 'UNKNOWN' ? String(id) : text)
  const widest = path === publicPath ? 0o644 : 0o640
  const mode = (Number.parseInt(there?.mode ?? '0644', 8) & widest) | 0o600
  return {
    mode: mode.toString(8).padStart(4, '0'),
    owner: name(there?.owner, there?.uid),
    group: name(there?.group, there?.gid),
  }
}

const write = async (ctx: ApplyContext, record: KeyRecord, stage: Stage): Promise<void> => {
  const [path, content] =
    stage === 'new signs' ? [privatePath, new Secret(record.key)] : [publicPath, publicTextAt(stage, record)]
  await ctx.remote.write(path, content, await accessOf(ctx, path))
}

/** Lets the API server of a control-plane node go on in the replacement of the service account key. */
export const serviceAccountStage = defineTask({
  name: 'service-account-stage',
  description:
    'Lets the API server of a control-plane node accept tokens of a new service account key, sign with it once all API servers accept that, or refuse tokens of the former key once none is in use. The API server is restarted each time.',
  reads:
    'sa.pub and sa.key on all control-plane nodes, the static pods that must be restarted there, the nodes, and, before tokens are refused, which keys have signed the tokens of all pods and in Secrets',
  example: { stage: 'both', masters: [{ name: 'm1', address: '10.0.0.11' }], nodes: ['w1'] },
  params: () =>
    z.object({
      stage: z
        .enum(['both', 'new signs', 'new'])
        .describe(
          'both: tokens of the new key are accepted; new signs: it signs; new: tokens of the former key are refused',
        ),
      masters: z.array(masterSchema).min(1).describe('all control-plane nodes'),
      nodes: z.array(z.string()).default([]).describe('the names of all other nodes'),
      settle: duration({ zero: true })
        .default(90)
        .describe(
          'seconds in which programs read their tokens again, before the first API server refuses former ones',
        ),
      acceptUntil: acceptUntilSchema(),
      port: portNumber().default(6443).describe('the port of the API servers'),
    }),
  title: ({ stage }) =>
    `service account key: ${words[stage]}${stage === 'new' ? ', unless former tokens are still to be accepted' : ''}`,
  makes: ({ stage }) => [predictedStage(stage)],
  explain: explainControlPlane,

  async check(ctx, given) {
    const { stage } = given
    const what = 'service account key'
    const [keys, rotation] = await Promise.all([readMaster(ctx), rotationOf(ctx, given)])
    const { record } = keys
    requireRecord(rotation, keys, stage)
    if (record === undefined) {
      // without a replacement, there is nothing to do; or it has ended here
      if (!ctx.predicted(newServiceAccountKey)) return ok()
      const waits = stage === 'new' ? await waitsFor(ctx, given.acceptUntil, undefined) : undefined
      if (waits !== undefined) return ok(undefined, { text: waits })
      return drift({ what, from: words.former, to: words[stage] })
    }
    const there = stageThere(keys, record)
    const own = await masterStage(ctx, keys, record, given)
    if (isAt(own.stage, stage) && !own.pending) return ok()
    if (stage === 'new' && own.stage !== 'new') {
      const waits = await waitsFor(ctx, given.acceptUntil, rotation)
      if (waits !== undefined) return ok(undefined, { text: waits })
    }
    if (!isAt(own.stage, stage) && rotation !== undefined) await requireStage(ctx, given)
    await requireKubelet(ctx)
    return isAt(own.stage, stage)
      ? drift({ what: 'kube-apiserver', from: `started before it had: ${words[there]}`, to: 'restarted' })
      : drift({ what, from: words[there], to: words[stage] })
  },

  async apply(ctx, given) {
    const { stage, settle } = given
    const keys = await readMaster(ctx)
    const { record } = keys
    if (record === undefined) return
    const isThere = isAt(stageThere(keys, record), stage)
    if (stage === 'new' && !isThere) {
      const rotation = await rotationOf(ctx, given)
      // it was waited before the first one
      if (rotation?.stages.every((one) => one.stage !== 'new') === true) await waitForPrograms(ctx, settle)
      // also what has begun meanwhile
      await requireStage(ctx, given)
      await requireSigners(ctx, given, record)
    }
    const listed = await podsToRestart(ctx, false)
    const signs = stage === 'new signs' && !isThere
    const following = components.filter(
      (pod) =>
        pod !== 'kube-apiserver' && (listed.includes(pod) || (signs && pod === 'kube-controller-manager')),
    )
    // before anything is new: until they were restarted, it is not known what they have read
    await recordRestarts(
      ctx,
      components.filter((pod) => pod === 'kube-apiserver' || following.includes(pod)),
    )
    if (!isThere) await write(ctx, record, stage)
    await restartStaticPod(ctx, 'kube-apiserver')
    // while its restart is recorded, no other one goes on
    await requireNew(ctx, given, record)
    await recordRestarts(ctx, following)
  },
})
