/** How a node leaves its cluster, before anything on it is taken away. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { healthyWithout, keepsQuorum, listMembers, memberOf, removeMember } from '../etcd/etcd.ts'
import type { Member } from '../etcd/etcd.ts'
import { adminConf, etcdData } from './paths.ts'

export interface Leaving {
  readonly address: string
  /** The masters, one of which does what has to be done to the cluster. */
  readonly masters: string
  /** It may be the last master that there is. */
  readonly last: boolean
  /** Even when etcd loses its quorum or its last data by it. */
  readonly force: boolean
}

interface Survivor<Context> {
  readonly ctx: Context
  readonly members: readonly Member[]
}

/** Another master whose etcd answers and knows more than the one that leaves. */
const survivorOf = async <Context extends CheckContext>(
  others: readonly Context[],
  address: string,
): Promise<Survivor<Context> | undefined> => {
  for (const ctx of others) {
    const members = await listMembers(ctx).catch(() => undefined)
    if (members?.some((member) => member !== memberOf(members, address)) === true) return { ctx, members }
  }
  return undefined
}

/**
 * Whether no other master holds etcd data, each of them asked; one that cannot be asked may hold some.
 *
 * @throws whatever keeps a master from answering.
 */
const isLast = async (others: readonly CheckContext[]): Promise<boolean> => {
  const data = await Promise.all(others.map(({ remote }) => remote.exists(etcdData)))
  return !data.includes(true)
}

const refuse = (message: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', message, { hint })

/** Nobody is left who could say what the data of this host is worth. */
const refuseAlone = async (
  ctx: CheckContext,
  others: readonly CheckContext[],
  { last, force }: Leaving,
): Promise<void> => {
  if (force || !(await ctx.remote.exists(etcdData))) return
  if (last && (await isLast(others))) return
  throw refuse(
    `${ctx.host.name} holds etcd data, and no other master's etcd answers: the cluster could be lost`,
    'bring another master back first, or give force=true (the playbook reset: -e reset_force=true) to lose what it holds',
  )
}

/** Others of the masters, and one of them that stays. */
const remaining = async <Context extends CheckContext>(
  ctx: Context,
  on: (name: string) => Promise<Context>,
  { masters, address }: Leaving,
): Promise<{ readonly others: readonly Context[]; readonly survivor: Survivor<Context> | undefined }> => {
  const names = (await ctx.hostsOf(masters)).filter((name) => name !== ctx.host.name)
  const others = await Promise.all(names.map(on))
  return { others, survivor: await survivorOf(others, address) }
}

const refuseWithoutQuorum = async (
  ctx: CheckContext,
  { ctx: survivor, members }: Survivor<CheckContext>,
  own: Member,
): Promise<void> => {
  if (keepsQuorum(members, own, await healthyWithout(survivor, own))) return
  throw refuse(
    `without ${ctx.host.name} etcd would lose its quorum`,
    'fix the other members first (etcdctl endpoint health --cluster), or give force=true (the playbook reset: -e reset_force=true) to lose the cluster',
  )
}

/**
 * Looks whether a node may leave its cluster.
 *
 * @throws `task-failed` when the cluster would be lost by it, unless that is wanted.
 */
export const refuseLoss = async (ctx: CheckContext, leaving: Leaving): Promise<void> => {
  if (leaving.force) return
  const { others, survivor } = await remaining(ctx, ctx.on, leaving)
  if (survivor === undefined) return refuseAlone(ctx, others, leaving)
  const own = memberOf(survivor.members, leaving.address)
  if (own !== undefined) await refuseWithoutQuorum(ctx, survivor, own)
}

const removeFrom = async (
  ctx: ApplyContext,
  found: Survivor<ApplyContext>,
  own: Member,
  force: boolean,
): Promise<void> => {
  if (!force) await refuseWithoutQuorum(ctx, found, own)
  ctx.log(`removing the etcd member ${own.name || own.peerUrl}`)
  try {
    await removeMember(found.ctx, own.id)
  } catch (error) {
    // without a quorum nothing can be agreed on, not even who is gone
    if (!force) throw error
    ctx.log(`the member stays on the list: ${String(error)}`)
  }
}

/**
 * Takes a node's etcd member off the list and its Node out of the cluster: a member that is only switched off still
 * counts against the quorum.
 *
 * @throws `task-failed` when the cluster would be lost by it, unless that is wanted.
 */
export const leaveCluster = async (ctx: ApplyContext, leaving: Leaving): Promise<void> => {
  const { others, survivor } = await remaining(ctx, ctx.on, leaving)
  if (survivor === undefined) return refuseAlone(ctx, others, leaving)
  const own = memberOf(survivor.members, leaving.address)
  if (own !== undefined) await removeFrom(ctx, survivor, own, leaving.force)
  await survivor.ctx.remote.run({
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=15s delete node ${ctx.host.name} --ignore-not-found`.result()
}
