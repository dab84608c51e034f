import { CoxswainError, defineTask, drift, flag, isCoxswainError, ok, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { judgeLoss } from './etcd/quorum-loss.ts'
import type { Known, LostMember, QuorumLoss } from './etcd/quorum-loss.ts'
import {
  beginRecovery,
  begunRecovery,
  copyData,
  forceNewCluster,
  giveUp,
  isCopied,
  isForced,
  requireRoom,
  startAsUsual,
  stopForRecovery,
} from './etcd/recovery.ts'
import type { Recovery } from './etcd/recovery.ts'
import { startPod } from './etcd/restore.ts'
import { listMembers } from './etcd/members.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { etcdFolder, manifest, recoverRecord } from './kubeadm/paths.ts'
import type { Master } from './kubeadm/settings.ts'
import { waitForPod } from './kubeadm/restarts.ts'

const master = () =>
  z.object({
    name: z.string().describe('its name in the inventory'),
    address: z.string().describe('the address that it advertises'),
  })

interface Params {
  readonly name: string
  readonly masters: readonly Master[]
  readonly acceptLoss: boolean
}

/** What is left to do. */
interface Work {
  /** What an earlier run has begun, and this one continues. */
  readonly begun: Recovery | undefined
  /** Whether the manifest of etcd has --force-new-cluster. */
  readonly forced: boolean
  readonly copied: boolean
  readonly lost: readonly LostMember[]
}

const namesOf = (lost: readonly LostMember[]): readonly string[] =>
  lost.map(({ name, peerUrl }) => name || peerUrl)

/** @throws `task-failed` with what could be lost, unless the user accepts it. */
const refuseLoss = (host: string, { lost, sum, holds }: QuorumLoss): void => {
  const names = namesOf(lost).join(' and ')
  throw new CoxswainError(
    'task-failed',
    `etcd has lost its quorum (${sum}), and ${host} is what is left: ${holds}. Its data is kept. Writes that only ${names} ${lost.length === 1 ? 'has' : 'have'} are lost; how many is not known. Entries that ${host} received without knowing them to be committed are discarded by etcd`,
    {
      hint: `${names} must never start again with the former data; if you accept that, set acceptLoss (the playbook: -e recover_quorum_accept_loss=true)`,
    },
  )
}

/** Judges the loss. After an interrupted run, an error also says how to end what that has begun. */
const judged = async (ctx: CheckContext, own: Master, masters: readonly Master[], known: Known) => {
  try {
    return await judgeLoss(ctx, own, masters, known)
  } catch (error) {
    if (known.recorded === undefined || !isCoxswainError(error) || error.code !== 'task-failed') throw error
    throw new CoxswainError(error.code, error.message, {
      hint: `${error.hint}; ${giveUp(known.forced)}`,
      cause: error,
    })
  }
}

/**
 * What is left to do; undefined if nothing.
 *
 * Until the manifest with the flag is in place, everything is judged in each run, and again right before the first change: lost members can have
 * come back, and the quorum with them.
 *
 * @throws `task-failed` while a quorum is there or possible, or for a loss that is not accepted.
 */
const workOf = async (
  ctx: CheckContext,
  { name, masters, acceptLoss }: Params,
): Promise<Work | undefined> => {
  const own = masters.find((one) => one.name === name)
  if (own === undefined)
    throw new CoxswainError('params-invalid', `${name} is not among the masters`, {
      hint: 'list all masters, with this one',
    })
  const [record, forced, inPlace] = await Promise.all([
    begunRecovery(ctx),
    isForced(ctx),
    ctx.remote.exists(manifest('etcd')),
  ])
  const copied = record !== undefined && (await isCopied(ctx, record))
  if (copied && forced && inPlace) return { begun: record, forced, copied, lost: record.lost }
  if (record === undefined && !inPlace)
    throw new CoxswainError('task-failed', `${name} does not have ${manifest('etcd')}`, {
      hint: 'where etcd-restore was interrupted, run that again; otherwise recover on a host that has data of etcd',
    })
  const loss = await judged(ctx, own, masters, { recorded: record?.lost, forced })
  if (loss.lost.length === 0)
    return record === undefined && !forced ? undefined : { begun: record, forced, copied, lost: [] }
  if (!acceptLoss) refuseLoss(name, loss)
  // where etcd can have run since, the copy is of former data
  const work = inPlace
    ? { begun: undefined, forced, copied: false, lost: loss.lost }
    : { begun: record, forced, copied, lost: loss.lost }
  if (!work.copied) await requireRoom(ctx)
  return work
}

/** The changes that are left. */
const changesOf = (name: string, { forced, copied, lost }: Work): Change[] => {
  const names = [name, ...namesOf(lost)].join(', ')
  const usual = { what: 'etcd', from: 'a new cluster at each start', to: 'as usual' }
  const end = { what: `the recovery of etcd on ${name}`, from: 'begun', to: 'complete' }
  if (lost.length === 0) return [forced ? usual : end]
  return [
    ...(copied ? [] : [{ what: `a copy of the data of ${name}`, to: `${etcdFolder}/before-recover-…` }]),
    { what: 'members of etcd', from: names, to: name },
    ...(forced ? [usual] : []),
  ]
}

/**
 * Makes the last member of an etcd whose majority is lost a cluster of its own.
 *
 * On its own data, with `--force-new-cluster` for one start (etcd, "Disaster recovery"): unlike a snapshot, that has every write which the
 * member knew to be committed. The flag stays no longer than that: at each start, it removes all other members.
 */
export const etcdRecover = defineTask({
  name: 'etcd-recover',
  description:
    'Makes the last member of an etcd that has lost its quorum for good the only one, on its own data, of which a copy is kept. It is refused while a quorum is possible.',
  reads:
    'the members of etcd at their peer URLs, whether other control-plane nodes have data of etcd, and how far an earlier run was',
  example: { name: 'm1', masters: [{ name: 'm1', address: '10.0.0.11' }], acceptLoss: true },
  params: () =>
    z.object({
      name: z.string().describe('the name of this host'),
      masters: z.array(master()).min(1).describe('all control-plane nodes, also those that are lost'),
      acceptLoss: flag()
        .default(false)
        .describe('accept that writes are lost which only the lost members had'),
    }),
  title: () => 'etcd has a quorum again',

  async check(ctx, params) {
    const work = await workOf(ctx, params)
    return work === undefined ? ok() : drift(...changesOf(ctx.host.name, work))
  },

  explain: explainControlPlane,

  async apply(ctx, params) {
    const work = await workOf(ctx, params)
    if (work === undefined) return
    const { forced, lost } = work
    const { copy } = work.begun ?? (await beginRecovery(ctx, lost))
    const isAlone = (await listMembers(ctx))?.length === 1
    if (!isAlone || forced) {
      await stopForRecovery(ctx, 'kube-apiserver')
      if (lost.length > 0) {
        await stopForRecovery(ctx, 'etcd')
        await copyData(ctx, copy)
        await forceNewCluster(ctx, copy)
      }
      await startAsUsual(ctx)
    }
    await startPod(ctx, 'etcd')
    await startPod(ctx, 'kube-apiserver')
    await waitForPod(ctx, 'etcd')
    await waitForPod(ctx, 'kube-apiserver')
    await ctx.remote.remove(recoverRecord)
  },
})

/** Whether a recovery has begun on a host: used to select it again after an interruption. */
export const recoveryBegun = defineTask({
  name: 'recovery-begun',
  description: 'Reads whether an interrupted run has begun to recover etcd on a host.',
  reads: `whether ${recoverRecord} exists`,
  example: {},
  params: () => z.object({}),
  async check(ctx) {
    return (await begunRecovery(ctx)) === undefined ? drift('no recovery has begun') : ok()
  },
})
