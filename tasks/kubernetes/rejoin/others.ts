/** The control-plane nodes beside the one that leaves: which of them is asked, and whether they can do without it. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { quorumAfter, quorumNow } from '../etcd/arithmetic.ts'
import { etcdProblems, seenMembers } from '../etcd/health.ts'
import { leavingMember } from '../etcd/leaving.ts'
import { requireMembers } from '../etcd/members.ts'
import type { Member } from '../etcd/members.ts'
import { quorumNotKnown, waysToAsk } from '../etcd/not-known.ts'
import { logsOf } from '../etcd/ways-out.ts'
import { apiReady } from '../kubeadm/kubectl.ts'
import { manifest } from '../kubeadm/paths.ts'
import { flagIn } from '../kubeadm/pod-manifests.ts'
import type { Identity } from './identity.ts'

const refuse = (message: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', message, { hint })

/** Whether the API server of a host is ready, at whatever address. */
const serves = async (ctx: CheckContext): Promise<boolean> => {
  const text = (await ctx.remote.read(manifest('kube-apiserver'))) ?? ''
  return apiReady(ctx, '127.0.0.1', Number(flagIn(text, 'secure-port') ?? 6443))
}

/**
 * The other control-plane nodes; each of their API servers must be ready.
 *
 * @param on reaches a host.
 * @param masters the control-plane nodes, as a host pattern.
 * @throws `task-failed` if there are none, or if one of them is not ready.
 */
export const readyOthers = async <Context extends CheckContext>(
  ctx: CheckContext,
  on: (name: string) => Promise<Context>,
  masters: string,
): Promise<readonly [Context, ...Context[]]> => {
  const names = (await ctx.hostsOf(masters)).filter((name) => name !== ctx.host.name)
  const others = await Promise.all(names.map(on))
  const [first, ...rest] = others
  if (first === undefined)
    throw refuse(
      `${ctx.host.name} is the only control-plane node: it cannot leave its cluster to join it again`,
      'let another master join first (add it to masters, and run playbooks/ha-masters.ts), and run again; or restore a snapshot of etcd on a new machine',
    )
  const ready = await Promise.all(others.map(serves))
  const away = others.filter((_, at) => ready[at] === false).map(({ host }) => host.name)
  if (away.length > 0)
    throw refuse(
      `${ctx.host.name} does not leave its cluster while the API server of ${away.join(' and ')} is not ready`,
      `repair it first (on its host: ${logsOf('kube-apiserver')}), and run again`,
    )
  return [first, ...rest]
}

/**
 * Checks that etcd can do without a member, and take it back afterwards: all others have started, vote and respond. Less would be enough to
 * remove it, but not to add it again.
 *
 * @param via a control-plane node that stays.
 * @returns the arithmetic.
 * @throws `task-failed` if etcd would lose its quorum, or one of the others does not respond, or could not be asked.
 */
export const requireOtherMembers = async (via: CheckContext, from: Identity): Promise<string> => {
  const members = await requireMembers(via)
  const own = memberOfIdentity(members, from)
  const others = members.filter((one) => one !== own)
  const seen = await seenMembers(via, members)
  const { kept, open, sum } =
    own === undefined ? quorumNow(members, seen) : quorumAfter(members, seen, { kind: 'remove', id: own.id })
  if (open) throw quorumNotKnown(`whether etcd keeps its quorum without ${from.name}`, sum, seen)
  if (!kept)
    throw refuse(
      `without ${from.name}, etcd would lose its quorum: ${sum}`,
      'repair the other members first (the task etcd-healthy names them), or let another master join first (playbooks/ha-masters.ts)',
    )
  const problems = await etcdProblems(via, others)
  if (problems.length === 0) return sum
  throw refuse(
    `${from.name} could not join again after it has left: ${problems.join('; ')}`,
    waysToAsk(problems) ?? `repair that member first (on its host: ${logsOf('etcd')}), and run again`,
  )
}

/** The member of a control-plane node. */
export const memberOfIdentity = (members: readonly Member[], { name, peer }: Identity): Member | undefined =>
  leavingMember(members, { name, address: peer })
