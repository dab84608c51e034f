/** What was there before a join: a former life of the host, or a join that was interrupted. */
import { CoxswainError, isCoxswainError } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { sharedFiles } from './certificates.ts'
import { copySharedFiles } from '../copy-certs.ts'
import { memberOf, removeMember, requireMembers } from '../etcd/etcd.ts'
import { startEtcd, waitForMembers } from '../etcd/member.ts'
import type { Joiner } from '../etcd/member.ts'
import { eventually } from '../../shared/eventually.ts'
import { criSocketIn, resetWords } from './kubeadm.ts'
import { kubectl } from './kubectl.ts'
import { masterState } from './master-state.ts'
import { adminConf, kubeletConf } from './paths.ts'
import { makeManifests, phases } from './phases.ts'

/** A host that joins, and the port of its API server. */
export interface JoiningMaster extends Joiner {
  readonly port: number
}

/**
 * Waits until the API server of a master answers.
 *
 * @throws `wait-timeout`.
 */
export const comeUp = (ctx: ApplyContext, { address, port }: JoiningMaster, seconds: number): Promise<void> =>
  eventually(
    ctx,
    async () => {
      const { ready, lacking } = await masterState(ctx, address, port)
      return ready ? lacking : ['the API server does not answer']
    },
    { seconds, hint: 'check it: crictl ps -a --name kube-apiserver, crictl logs; journalctl -u kubelet' },
  )

/** Whether it comes up by itself: all its files are there, and its API server answers within so many seconds. */
const comesUp = async (ctx: ApplyContext, master: JoiningMaster, seconds: number): Promise<boolean> => {
  const { lacking } = await masterState(ctx, master.address, master.port)
  if (lacking.length > 0) return false
  try {
    await comeUp(ctx, master, seconds)
    return true
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'wait-timeout') return false
    throw error
  }
}

/** Brings up the etcd of a host that is on the member list, from whatever was left of it. */
const bringUpEtcd = async (ctx: ApplyContext, via: ApplyContext, master: JoiningMaster): Promise<void> => {
  const { config } = master
  const params = { ...master, node: master.name, apiNames: [] }
  await copySharedFiles(ctx, via, sharedFiles)
  if ((await phases['certs all'].problems(ctx, params)).length > 0)
    await ctx.remote.run`kubeadm init phase certs all --config ${config}`
  if (!(await ctx.remote.exists(kubeletConf)))
    await ctx.remote.run`kubeadm init phase kubeconfig kubelet --config ${config}`
  await makeManifests(ctx)
  await ctx.remote.run`kubeadm init phase kubelet-start --config ${config}`
  await startEtcd(ctx, await requireMembers(via), master)
}

/** Takes a host back to where it can join anew: its member leaves, then what it holds goes. */
export const takeBack = async (
  ctx: ApplyContext,
  via: ApplyContext,
  { address, config }: JoiningMaster,
): Promise<void> => {
  const listed = memberOf(await requireMembers(via), address)
  if (listed !== undefined) await removeMember(via, listed.id)
  const words = await resetWords(ctx, criSocketIn(await ctx.remote.read(config)))
  await ctx.remote.run({ timeout: 300 })`${words}`
  await ctx.remote.remove('/var/lib/etcd/member', { recursive: true })
  await copySharedFiles(ctx, via, sharedFiles)
}

/**
 * Goes on with a join that was interrupted. Its etcd member is brought up first, because a cluster of two with one
 * that never started has no quorum, and nothing else works until it has one. Then either the master comes up by itself,
 * or it is taken back to nothing, to join anew.
 *
 * @returns whether it is a master now.
 */
export const goOn = async (ctx: ApplyContext, via: ApplyContext, master: JoiningMaster): Promise<boolean> => {
  if (memberOf(await requireMembers(via), master.address) !== undefined) {
    ctx.log('an interrupted join had added the etcd member: bringing it up')
    const { etcdManifest } = await masterState(ctx, master.address, master.port)
    if (!etcdManifest) await bringUpEtcd(ctx, via, master)
    await waitForMembers(ctx, via)
  }
  if (await comesUp(ctx, master, 90)) return true
  ctx.log('an interrupted join cannot be finished: taking it back, to join anew')
  await takeBack(ctx, via, master)
  return false
}

/**
 * Removes the Node that a former life of this host left: kubeadm joins nobody under a name that is taken. Only a Node
 * that had an address of this host can be its own.
 *
 * @throws `task-failed` when another machine goes by the name.
 */
export const forgetNode = async (
  ctx: ApplyContext,
  via: ApplyContext,
  { name, address }: JoiningMaster,
): Promise<void> => {
  const path = 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}'
  const text = await kubectl(via, ['get', 'node', name, '--ignore-not-found', '-o', path]).text()
  // one for each family of addresses
  const known = text.split(/\s+/).filter((word) => word !== '')
  if (known.length === 0) return
  if (!known.includes(address) && !known.includes(ctx.host.address)) {
    throw new CoxswainError(
      'task-failed',
      `the cluster knows another machine as ${name}, at ${known.join(', ')}`,
      { hint: `give the host another name, or remove the other: kubectl delete node ${name}` },
    )
  }
  ctx.log(`removing the former Node ${name}`)
  await via.remote.run({ timeout: 60 })`kubectl --kubeconfig ${adminConf} delete node ${name}`
}
