/** Whether the majority of etcd's members is lost for good, and what the member of a host still has. */
import { CoxswainError, isCoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { hasDataOfEtcd } from './data.ts'
import { peerUrl } from '../config/etcd-arguments.ts'
import { manifest } from '../kubeadm/paths.ts'
import type { Master } from '../kubeadm/settings.ts'
import { quorumNow } from './arithmetic.ts'
import { askLocal } from './gateway.ts'
import { seenMembers } from './health.ts'
import { isMemberAt, nameOf } from './members.ts'
import type { Member } from './members.ts'
import { askPeers, membersAtPeer } from './peers.ts'
import { logsOf } from './ways-out.ts'

/** A member that does not answer. */
export type LostMember = Pick<Member, 'name' | 'peerUrl'>

/** The survivor of a cluster that has lost its quorum, or a cluster that needs nothing. */
export interface QuorumLoss {
  /** The members that do not answer; empty where it is the only member. */
  readonly lost: readonly LostMember[]
  /** The arithmetic now. */
  readonly sum: string
  /** What the survivor has, in words. */
  readonly holds: string
}

const number = z.string().regex(/^\d{1,20}$/)
const statusSchema = z.object({
  header: z.object({ revision: number.default('0') }),
  raftTerm: number.default('0'),
  raftIndex: number.default('0'),
})

/** Term, committed index and revision of the member of a host, as it says; it says nothing where it has started without a quorum. */
const holdings = async (ctx: CheckContext): Promise<string> => {
  const answer = await askLocal(ctx, {
    path: 'maintenance/status',
    body: {},
    label: 'ask etcd for its status',
  })
  const { data } = statusSchema.safeParse(answer.body)
  return data === undefined
    ? 'it does not say its revision before it has a quorum'
    : `term ${data.raftTerm}, committed index ${data.raftIndex}, revision ${data.header.revision}`
}

/** The error for a survivor that does not say who its members are. */
const silentSurvivor = ({ host }: CheckContext, why: string): CoxswainError =>
  new CoxswainError('task-failed', `etcd on ${host.name} does not answer at its peer URL: ${why}`, {
    hint: `its members must be known before anything is changed: check the kubelet and etcd there: ${logsOf('etcd')}; renew expired certificates with revive --limit ${host.name}`,
  })

const refuse = (why: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', `${why}. Nothing was changed`, { hint })

/** @throws `task-failed` for a member that is not lost, or that nothing is known about. */
const requireLost = async (ctx: CheckContext, others: readonly LostMember[]): Promise<void> => {
  const answers = await askPeers(
    ctx,
    others.map((member) => member.peerUrl),
  )
  for (const member of others) {
    const { state, text } = answers.get(member.peerUrl) ?? { state: 'unasked', text: 'there is no answer' }
    if (state === 'answers')
      throw refuse(
        `the ${nameOf(member)} answers, so it is not lost`,
        `repair its connection to ${ctx.host.name}, and etcd has a quorum again; if you want to give up its data, run reset on it first`,
      )
    if (state === 'unasked')
      throw refuse(
        `whether the ${nameOf(member)} is lost is not known: ${text}`,
        'where its certificates have expired, run the playbook revive instead; if it is lost, turn its host off',
      )
  }
}

/**
 * Whether a host has data of etcd; `unreachable` if no connection could be made, as with one that is turned off.
 *
 * @throws `task-failed` if it can be reached, but does not say: its data can be intact.
 */
const dataOn = async (ctx: CheckContext, name: string): Promise<'data' | 'nothing' | 'unreachable'> => {
  try {
    return (await hasDataOfEtcd(await ctx.on(name))) ? 'data' : 'nothing'
  } catch (error) {
    if (!isCoxswainError(error) || error.code === 'interrupted') throw error
    // one that cannot be reached does not answer at its peer URL either
    if (error.code === 'connect-failed') return 'unreachable'
    throw refuse(
      `whether ${name} has data of etcd is not known: ${error.message}`,
      `${error.hint}; if ${name} is lost, turn it off`,
    )
  }
}

/** @throws `task-failed` for a control-plane node that can be reached, and still has data of etcd. */
const requireNoData = async (ctx: CheckContext, masters: readonly Master[]): Promise<void> => {
  const found = await Promise.all(masters.map(async ({ name }) => ({ name, data: await dataOn(ctx, name) })))
  const holder = found.find(({ data }) => data === 'data')
  if (holder === undefined) return
  throw refuse(
    `${holder.name} can be reached, and has data of etcd, which can be newer than that of ${ctx.host.name}`,
    `start etcd there: ${logsOf('etcd')}; if its data is lost or not needed, run reset on it first`,
  )
}

/** What is known of an earlier run. */
export interface Known {
  /** The members that were lost when it began: they count if the etcd of this host, which it stops, does not answer. */
  readonly recorded: readonly LostMember[] | undefined
  /** Whether the manifest has --force-new-cluster. */
  readonly forced: boolean
}

/**
 * Judges whether the member of a host is all that is left of etcd.
 *
 * @param own the host.
 * @param masters all control-plane nodes, also those that are lost.
 * @throws `task-failed` while a quorum is there or possible, with the arithmetic, and what to do.
 */
export const judgeLoss = async (
  ctx: CheckContext,
  own: Master,
  masters: readonly Master[],
  { recorded, forced }: Known,
): Promise<QuorumLoss> => {
  const url = peerUrl(own)
  const answer = (await askPeers(ctx, [url])).get(url)
  const members = answer?.state === 'answers' ? membersAtPeer(answer.text) : undefined
  const lost = members?.filter((member) => !isMemberAt(member, own.address)) ?? recorded
  if (lost === undefined) throw silentSurvivor(ctx, answer?.text ?? 'there is no answer')
  const { kept, sum } =
    members === undefined
      ? { kept: false, sum: `an earlier run has stopped etcd on ${own.name}` }
      : quorumNow(members, await seenMembers(ctx, members))
  // whether it is healthy is for those to wait for who need it
  if (lost.length === 0) return { lost, sum, holds: '' }
  if (kept)
    throw refuse(
      `etcd has a quorum: ${sum}`,
      forced
        ? `take --force-new-cluster out of ${manifest('etcd')} on ${own.name}: at its next start, etcd would remove all other members`
        : 'remove a member that is lost (etcdctl member remove, or reset on its host), and run ha-masters to add it again',
    )
  await requireLost(ctx, lost)
  await requireNoData(
    ctx,
    masters.filter(({ name }) => name !== own.name),
  )
  return { lost, sum, holds: members === undefined ? 'it is stopped' : await holdings(ctx) }
}
