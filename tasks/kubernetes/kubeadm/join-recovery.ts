/** Recovers from an earlier state of the host before a join: an old membership, or an interrupted join. */
import { isCoxswainError } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { removeMember, requireQuorumWithout } from '../etcd/changes.ts'
import { refuseMountsInData } from '../etcd/disk.ts'
import { memberOf, requireMembers } from '../etcd/members.ts'
import { startEtcd, waitForMembers } from '../etcd/member.ts'
import type { Joiner } from '../etcd/member.ts'
import { logsOf } from '../etcd/ways-out.ts'
import { eventually } from '../../shared/eventually.ts'
import { criSocketIn, resetWords } from './kubeadm.ts'
import { masterState, serves } from './master-state.ts'
import { etcdData, kubeletConf } from './paths.ts'
import { makeManifests, phases } from './phases.ts'
import { copySharedFiles, joiningFiles } from './shared-files.ts'
import { removePaths } from '../reset/mounts.ts'
import { resetHost, stopWithoutMounts } from '../reset/reset-host.ts'

/** A control-plane node that joins, and the port of its API server. */
export interface JoiningMaster extends Joiner {
  readonly port: number
}

/**
 * Waits until the API server of a control-plane node is ready.
 *
 * @throws `wait-timeout`.
 */
export const waitForApiServer = (
  ctx: ApplyContext,
  { address, port }: JoiningMaster,
  seconds: number,
): Promise<void> =>
  eventually(
    ctx,
    async () => {
      const { ready, lacking } = await masterState(ctx, address, port)
      return ready ? lacking : ['the API server does not respond']
    },
    { seconds, hint: `check it: ${logsOf('kube-apiserver')}` },
  )

/** Whether it starts by itself: all its files exist, and its API server is ready within the given seconds. */
const isReadyWithin = async (ctx: ApplyContext, master: JoiningMaster, seconds: number): Promise<boolean> => {
  const { lacking } = await masterState(ctx, master.address, master.port)
  if (lacking.length > 0) return false
  try {
    await waitForApiServer(ctx, master, seconds)
    return true
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'wait-timeout') return false
    throw error
  }
}

/** Starts the etcd of a listed host, from whatever is left of it. */
const restartEtcd = async (ctx: ApplyContext, via: ApplyContext, master: JoiningMaster): Promise<void> => {
  const { config } = master
  const params = { ...master, node: master.name, apiNames: [] }
  await copySharedFiles(ctx, via, await joiningFiles(via))
  if ((await phases['certs all'].problems(ctx, params)).length > 0)
    await ctx.remote.run`kubeadm init phase certs all --config ${config}`
  if (!(await ctx.remote.exists(kubeletConf)))
    await ctx.remote.run`kubeadm init phase kubeconfig kubelet --config ${config}`
  await makeManifests(ctx)
  await ctx.remote.run`kubeadm init phase kubelet-start --config ${config}`
  await startEtcd(ctx, await requireMembers(via), master)
}

/**
 * Resets a host so that it can join again: removes its etcd member first, then its data. A disk that is mounted for the data stays mounted.
 *
 * @throws `task-failed` if its API server is ready, while volumes are mounted that cannot be unmounted, or anything below the folder of the member, or if the other members
 *   do not have a quorum: nothing is removed then, and the kubelet runs.
 */
export const resetForJoin = async (
  ctx: ApplyContext,
  via: ApplyContext,
  { address, port, config }: JoiningMaster,
): Promise<void> => {
  const { ready, lacking } = await masterState(ctx, address, port)
  if (ready) throw serves(ctx, lacking)
  const subject = `${ctx.host.name} must be reset to join again`
  // before the kubelet is stopped: a host that cannot be reset stays what it is
  await refuseMountsInData(ctx)
  const members = await requireMembers(via)
  const listed = memberOf(members, address)
  if (listed !== undefined) await requireQuorumWithout(via, members, listed, subject)
  // before its member is removed, for the same reason
  await stopWithoutMounts(ctx)
  if (listed !== undefined) await removeMember(via, members, listed, subject)
  const words = await resetWords(ctx, criSocketIn(await ctx.remote.read(config)))
  await resetHost(ctx, words, 'refuse')
  await removePaths(ctx, 'remove', [etcdData])
  await copySharedFiles(ctx, via, await joiningFiles(via))
}

/**
 * Continues an interrupted join. Starts its etcd member first: a cluster of two members, one of which never started, does
 * not have a quorum, and nothing else works without one. Then either the control-plane node starts by itself, or it is
 * reset, to join again.
 *
 * @returns whether it is a control-plane node now.
 */
export const continueJoin = async (
  ctx: ApplyContext,
  via: ApplyContext,
  master: JoiningMaster,
): Promise<boolean> => {
  if (memberOf(await requireMembers(via), master.address) !== undefined) {
    ctx.log('an interrupted join had added the etcd member: starting it')
    const { etcdManifest } = await masterState(ctx, master.address, master.port)
    if (!etcdManifest) await restartEtcd(ctx, via, master)
    await waitForMembers(ctx, via)
  }
  if (await isReadyWithin(ctx, master, 90)) return true
  ctx.log('an interrupted join cannot be completed: resetting the host, to join again')
  await resetForJoin(ctx, via, master)
  return false
}
