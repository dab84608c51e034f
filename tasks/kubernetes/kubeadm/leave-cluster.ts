/** Removes a node from its cluster, before anything on it is deleted. */
import { CoxswainError, isCoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { removeListed } from '../etcd/changes.ts'
import { healthyMembers } from '../etcd/health.ts'
import { agreedMembers, memberOf, nameOf, ownMemberId, quorumWithout } from '../etcd/members.ts'
import type { Member } from '../etcd/members.ts'
import { adminConf, etcdData } from './paths.ts'

export interface LeaveOptions {
  readonly address: string
  /** The control-plane nodes; one of them makes the changes to the cluster. */
  readonly masters: string
  /** Whether it is allowed to be the last control-plane node. */
  readonly last: boolean
  /** Whether to continue even if etcd loses its quorum or its last data. */
  readonly force: boolean
}

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

/** Written into the data of a member that was removed, so that a reset that was interrupted after it can continue. */
const removedMark = `${etcdData}/removed-by-coxswain`

/**
 * The member that leaves: by its address, by the ID that its own etcd reports, or by the name of the node. Its peer URL
 * can have a name or an address that only etcd uses.
 */
const leavingOf = async (
  ctx: CheckContext,
  members: readonly Member[],
  address: string,
): Promise<Member | undefined> => {
  const listed = memberOf(members, address)
  if (listed !== undefined || !(await ctx.remote.exists(etcdData))) return listed
  const id = await ownMemberId(ctx)
  return members.find((member) => (id === undefined ? member.name === ctx.host.name : member.id === id))
}

const look = async <Context extends CheckContext>(
  leaving: CheckContext,
  others: readonly Context[],
  address: string,
): Promise<Others<Context>> => {
  const unknown: CoxswainError[] = []
  for (const ctx of others) {
    try {
      const members = (await agreedMembers(ctx)) ?? []
      const own = await leavingOf(leaving, members, address)
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
  const data = await Promise.all(others.map(({ remote }) => remote.exists(etcdData)))
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
  if (force || !(await ctx.remote.exists(etcdData))) return
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
  { masters, address }: LeaveOptions,
): Promise<Others<Context>> => {
  const names = (await ctx.hostsOf(masters)).filter((name) => name !== ctx.host.name)
  return look(ctx, await Promise.all(names.map(on)), address)
}

/** @throws `task-failed` for a host that has etcd data, but none of the members is known to be its own. */
const refuseUnlisted = async (
  ctx: CheckContext,
  { ctx: survivor, members }: RemainingMaster<CheckContext>,
  address: string,
): Promise<void> => {
  if (!(await ctx.remote.exists(etcdData)) || (await ctx.remote.exists(removedMark))) return
  throw refuse(
    `${ctx.host.name} has etcd data, but etcd on ${survivor.host.name} does not list a member at ${address} or with its name: ${members.map(nameOf).join(', ')}`,
    'if one of them is this host, remove it from etcd first; then set force=true (the playbook reset: -e reset_force=true) to delete the data',
  )
}

/** @throws `task-failed` if etcd would lose its quorum, or if it is not known which member leaves. */
const refuseWithoutQuorum = async (
  ctx: CheckContext,
  found: RemainingMaster<CheckContext>,
  address: string,
): Promise<void> => {
  const { ctx: survivor, members, own } = found
  if (own === undefined) return refuseUnlisted(ctx, found, address)
  const { kept, sum } = quorumWithout(members, own, await healthyMembers(survivor, members))
  if (kept) return
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

const removeFrom = async (
  ctx: ApplyContext,
  found: RemainingMaster<ApplyContext>,
  { address, force }: LeaveOptions,
): Promise<void> => {
  if (!force) await refuseWithoutQuorum(ctx, found, address)
  const { own } = found
  if (own === undefined) return
  ctx.log(`removing the etcd member ${own.name || own.peerUrl}`)
  try {
    await removeListed(found.ctx, own)
    if (await ctx.remote.exists(etcdData)) await ctx.remote.write(removedMark, '')
  } catch (error) {
    // without a quorum, etcd cannot remove a member
    if (!force) throw error
    ctx.log(`the member is still listed: ${String(error)}`)
  }
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
  if (survivor === undefined) return refuseAlone(ctx, found, leaving)
  await removeFrom(ctx, survivor, leaving)
  await survivor.ctx.remote.run({
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=15s delete node ${ctx.host.name} --ignore-not-found`.result()
}
