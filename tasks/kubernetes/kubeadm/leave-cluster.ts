/** Removes a node from its cluster, before anything on it is deleted. */
import { CoxswainError, isCoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { removeListed } from '../etcd/changes.ts'
import { hasDataOfEtcd } from '../etcd/data.ts'
import { quorumAfter } from '../etcd/arithmetic.ts'
import { seenMembers } from '../etcd/health.ts'
import { agreedMembers, memberOf, nameOf, ownMemberId } from '../etcd/members.ts'
import type { Member } from '../etcd/members.ts'
import { quorumNotKnown } from '../etcd/not-known.ts'
import { adminConf, etcdData } from './paths.ts'

export interface LeaveOptions {
  readonly address: string
  /** The name of its node, where that is not the name of the host. */
  readonly node?: string | undefined
  /** The control-plane nodes; one of them makes the changes to the cluster. */
  readonly masters: string
  /** Whether it is allowed to be the last control-plane node. */
  readonly last: boolean
  /** Whether to continue even if etcd loses its quorum or its last data. */
  readonly force: boolean
}

/** The name of the node that leaves. */
const nodeOf = ({ host }: CheckContext, { node }: Pick<LeaveOptions, 'node'>): string => node ?? host.name

interface RemainingMaster<Context> {
  readonly ctx: Context
  readonly members: readonly Member[]
  /** The one that leaves; undefined if none of the members is known to be it. */
  readonly own: Member | undefined
}

/** The control-plane nodes without the one that leaves. */
interface Others<Context> {
  readonly others: readonly Context[]
  /** One whose etcd responds, and lists other members than the one that leaves. */
  readonly survivor: RemainingMaster<Context> | undefined
  /** Why it is not known whether etcd responds on one of them. */
  readonly unknown: readonly CoxswainError[]
}

/** Has the ID of a member, in its data, from before it is removed, so that a reset that is interrupted after that can continue. */
const removedMark = `${etcdData}/removed-by-coxswain`

/** The ID in that file. */
const removedId = async ({ remote }: CheckContext): Promise<string | undefined> =>
  (await remote.read(removedMark))?.trim() || undefined

/**
 * The member that leaves: by its address, by the ID that its own etcd reports, by the one that an interrupted reset was
 * removing, or by the name of the node. Its peer URL can have a name or an address that only etcd uses.
 */
const leavingOf = async (
  ctx: CheckContext,
  members: readonly Member[],
  { address, node }: Pick<LeaveOptions, 'address' | 'node'>,
): Promise<Member | undefined> => {
  const listed = memberOf(members, address)
  if (listed !== undefined || !(await hasDataOfEtcd(ctx))) return listed
  const own = await ownMemberId(ctx)
  if (own !== undefined) return members.find(({ id }) => id === own)
  const removing = await removedId(ctx)
  return (
    members.find(({ id }) => id === removing) ?? members.find(({ name }) => name === nodeOf(ctx, { node }))
  )
}

const look = async <Context extends CheckContext>(
  leaving: CheckContext,
  others: readonly Context[],
  options: Pick<LeaveOptions, 'address' | 'node'>,
): Promise<Others<Context>> => {
  const unknown: CoxswainError[] = []
  for (const ctx of others) {
    try {
      const members = (await agreedMembers(ctx)) ?? []
      const own = await leavingOf(leaving, members, options)
      if (members.some((member) => member !== own))
        return { others, survivor: { ctx, members, own }, unknown }
    } catch (error) {
      if (!isCoxswainError(error)) throw error
      unknown.push(error)
    }
  }
  return { others, survivor: undefined, unknown }
}

/**
 * Whether no other control-plane node has etcd data. All of them must respond, because a host that does not respond could
 * have data.
 *
 * @throws the error of a host that does not respond.
 */
const isLast = async (others: readonly CheckContext[]): Promise<boolean> => {
  const data = await Promise.all(others.map(hasDataOfEtcd))
  return !data.includes(true)
}

const refuse = (message: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', message, { hint })

/** @throws `task-failed` if no other etcd responds, unless the loss is allowed. */
const refuseAlone = async (
  ctx: CheckContext,
  { others, unknown }: Others<CheckContext>,
  { last, force }: LeaveOptions,
): Promise<void> => {
  if (force || !(await hasDataOfEtcd(ctx))) return
  if (last && (await isLast(others))) return
  const [first] = unknown
  if (first !== undefined)
    throw refuse(
      `${ctx.host.name} has etcd data, and it is not known whether etcd responds on another control-plane node: ${first.message}`,
      first.hint ?? 'see that the other control-plane nodes can be reached, and run again',
    )
  throw refuse(
    `${ctx.host.name} has etcd data, and etcd does not respond on any other control-plane node: the cluster could be lost`,
    'repair another control-plane node first, or set force=true (the playbook reset: -e reset_force=true) to delete the data',
  )
}

const remaining = async <Context extends CheckContext>(
  ctx: Context,
  on: (name: string) => Promise<Context>,
  options: LeaveOptions,
): Promise<Others<Context>> => {
  const names = (await ctx.hostsOf(options.masters)).filter((name) => name !== ctx.host.name)
  return look(ctx, await Promise.all(names.map(on)), options)
}

/** Whether the data of a host is that of a member that a reset has removed. */
const isOfRemoved = async (ctx: CheckContext): Promise<boolean> => {
  const [removed, own] = [await removedId(ctx), await ownMemberId(ctx)]
  return removed !== undefined && (own === undefined || own === removed)
}

/** @throws `task-failed` for a host that has etcd data, but none of the members is known to be its own. */
const refuseUnlisted = async (
  ctx: CheckContext,
  { ctx: survivor, members }: RemainingMaster<CheckContext>,
  address: string,
): Promise<void> => {
  if (!(await hasDataOfEtcd(ctx)) || (await isOfRemoved(ctx))) return
  throw refuse(
    `${ctx.host.name} has etcd data, but etcd on ${survivor.host.name} does not list a member at ${address} or with its name: ${members.map(nameOf).join(', ')}`,
    'if one of them is this host, remove it from etcd first; then set force=true (the playbook reset: -e reset_force=true) to delete the data',
  )
}

/**
 * @returns the arithmetic; undefined if there is no member to remove.
 * @throws `task-failed` if etcd would lose its quorum, or if it is not known which member leaves.
 */
const refuseWithoutQuorum = async (
  ctx: CheckContext,
  found: RemainingMaster<CheckContext>,
  address: string,
): Promise<string | undefined> => {
  const { ctx: survivor, members, own } = found
  if (own === undefined) {
    await refuseUnlisted(ctx, found, address)
    return undefined
  }
  const seen = await seenMembers(survivor, members)
  const { kept, open, sum } = quorumAfter(members, seen, { kind: 'remove', id: own.id })
  if (kept) return sum
  if (open) throw quorumNotKnown(`whether etcd keeps its quorum without ${ctx.host.name}`, sum, seen)
  throw refuse(
    `without ${ctx.host.name}, etcd would lose its quorum: ${sum}`,
    'repair the other members first (the task etcd-healthy names them), or set force=true (the playbook reset: -e reset_force=true) to delete the cluster',
  )
}

/**
 * Checks whether a node can leave its cluster.
 *
 * @throws `task-failed` if the cluster would be lost, unless that is allowed.
 */
export const refuseLoss = async (ctx: CheckContext, leaving: LeaveOptions): Promise<void> => {
  if (leaving.force) return
  const found = await remaining(ctx, ctx.on, leaving)
  const { survivor } = found
  if (survivor === undefined) return refuseAlone(ctx, found, leaving)
  await refuseWithoutQuorum(ctx, survivor, leaving.address)
}

/** Whether a member is known to be listed. */
const isListed = async (ctx: CheckContext, { id }: Member): Promise<boolean> => {
  try {
    return (await agreedMembers(ctx))?.some((member) => member.id === id) === true
  } catch (error) {
    if (isCoxswainError(error)) return false
    throw error
  }
}

const removeFrom = async (
  ctx: ApplyContext,
  found: RemainingMaster<ApplyContext>,
  { address, force }: LeaveOptions,
): Promise<void> => {
  const sum = force ? undefined : await refuseWithoutQuorum(ctx, found, address)
  const { own } = found
  if (own === undefined) return
  ctx.log(`removing the etcd member ${own.name || own.peerUrl}${sum === undefined ? '' : `: ${sum}`}`)
  // before it is removed: a run that is killed right after that could not know the member any more
  if (await hasDataOfEtcd(ctx)) await ctx.remote.write(removedMark, `${own.id}\n`)
  try {
    await removeListed(found.ctx, own)
  } catch (error) {
    // if that is not known, the file stays: it counts only for data of a member with its ID, and only if no member has that ID
    if (await isListed(found.ctx, own)) await ctx.remote.remove(removedMark)
    // without a quorum, etcd cannot remove a member
    if (!force) throw error
    ctx.log(`the member is still listed: ${String(error)}`)
  }
}

/** Whether a host has nothing of a control-plane node. */
const isWorker = async (ctx: CheckContext): Promise<boolean> =>
  !(await Promise.all([ctx.remote.exists(adminConf), hasDataOfEtcd(ctx)])).includes(true)

/**
 * Deletes the Node of a worker on a control-plane node whose API answers, where no etcd can be asked.
 *
 * @throws the error of the last one, if there are control-plane nodes and none could delete it.
 */
const deleteNode = async (node: string, others: readonly ApplyContext[]): Promise<void> => {
  let failure: CoxswainError | undefined
  for (const { remote } of others) {
    if (!(await remote.exists(adminConf))) continue
    try {
      await remote.run({
        timeout: 60,
      })`kubectl --kubeconfig ${adminConf} --request-timeout=15s delete node ${node} --ignore-not-found`
      return
    } catch (error) {
      if (!isCoxswainError(error)) throw error
      failure = error
    }
  }
  if (failure !== undefined) throw failure
}

/**
 * Removes a node's etcd member and its Node from the cluster. A member that is only stopped still counts against the
 * quorum.
 *
 * @throws `task-failed` if the cluster would be lost, unless that is allowed.
 */
export const leaveCluster = async (ctx: ApplyContext, leaving: LeaveOptions): Promise<void> => {
  const found = await remaining(ctx, ctx.on, leaving)
  const { survivor } = found
  if (survivor === undefined) {
    await refuseAlone(ctx, found, leaving)
    if (!leaving.force && (await isWorker(ctx))) await deleteNode(nodeOf(ctx, leaving), found.others)
    return
  }
  await removeFrom(ctx, survivor, leaving)
  const deleting = survivor.ctx.remote.run({
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=15s delete node ${nodeOf(ctx, leaving)} --ignore-not-found`
  // the Node is all that a worker has in the cluster
  if (!leaving.force && survivor.own === undefined && (await isWorker(ctx))) await deleting
  else await deleting.result()
}
