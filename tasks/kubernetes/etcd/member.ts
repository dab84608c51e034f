/** How the etcd of a control-plane node becomes a member of the cluster: shared by kubeadm-join and etcd-member-add. */
import { CoxswainError, isCoxswainError, duration } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { hasDataOfEtcd } from './data.ts'
import { initialCluster, peerUrl } from '../config/etcd-arguments.ts'
import { withInitialCluster } from '../config/initial-cluster.ts'
import { allRespond, quorumAfter } from './arithmetic.ts'
import { requireDiskOfEtcd } from './disk.ts'
import { addMember, promoteLearners, removeMember } from './changes.ts'
import { etcdProblems, memberHealth } from './health.ts'
import { isMemberAt, listMembers, memberOf, nameOf, requireMembers } from './members.ts'
import type { Member } from './members.ts'
import { waysToAsk } from './not-known.ts'
import { etcdctlOn, hexadecimal, logsOf } from './ways-out.ts'
import { eventually } from '../../shared/eventually.ts'
import { withEtcdPatch } from '../kubeadm/etcd-patch.ts'
import { etcdData } from '../kubeadm/paths.ts'
import { admitEtcd } from '../kubeadm/static-pods.ts'
import { factsOf } from '../kubeadm/versions.ts'

export interface Joiner {
  readonly name: string
  readonly address: string
  readonly version: string
  /** The kubeadm configuration on the joining host. */
  readonly config: string
  /** Seconds to wait for the other members to respond: a member that has just restarted needs some time. */
  readonly patience: number
}

export const etcdWaitParam = () =>
  duration({ zero: true }).default(60).describe('seconds to wait for the other etcd members to respond')

/** Waits until nothing is missing. On a timeout, the caller checks again and reports the problem in its own words. */
const waitQuietly = async (
  ctx: ApplyContext,
  seconds: number,
  missing: () => Promise<readonly string[]>,
): Promise<void> => {
  try {
    await eventually(ctx, missing, { seconds, hint: logsOf('etcd') })
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'wait-timeout') throw error
  }
}

/** Waits until the etcd of a host responds. If it does not, the next call that reads the members reports it. */
export const waitForEtcd = (ctx: ApplyContext, via: ApplyContext, seconds: number): Promise<void> =>
  waitQuietly(ctx, seconds, async () =>
    (await listMembers(via)) === undefined ? [`etcd on ${via.host.name} does not respond`] : [],
  )

/**
 * Checks that the member of a host without data does not respond: one that does has its data elsewhere.
 *
 * @throws `task-failed` if it responds, or could not be asked.
 */
export const requireLost = async (
  { host }: CheckContext,
  via: CheckContext,
  member: Member,
): Promise<void> => {
  const { state, why } = (await memberHealth(via, [member])).get(member.id) ?? {}
  if (state === undefined || state === 'not healthy') return
  const isKnown = state === 'healthy'
  throw new CoxswainError(
    'task-failed',
    isKnown
      ? `${nameOf(member)} responds, but ${host.name} has nothing in ${etcdData}; nothing was changed`
      : `${host.name} has nothing in ${etcdData}, and whether its member is lost is not known: it ${why}; nothing was changed`,
    {
      hint: isKnown
        ? `its data is not lost, and ${host.name} must not be reset: find it on ${host.name} (ls -l /proc/$(pgrep -x etcd)/fd), and have it in ${etcdData}`
        : (waysToAsk([`${nameOf(member)} ${why}`]) ?? 'see that it can be asked, and run again'),
    },
  )
}

/**
 * The member of a host that has lost its data; undefined if it is not listed, has not started yet, or has its data.
 *
 * @throws `task-failed` if its data is on a disk that is not mounted, or in another folder, or if it responds.
 */
export const lostMember = async (
  ctx: CheckContext,
  via: CheckContext,
  members: readonly Member[],
  address: string,
): Promise<Member | undefined> => {
  const member = memberOf(members, address)
  // a member that has not started was just added, and did not have data
  if (member?.started !== true || (await hasDataOfEtcd(ctx))) return undefined
  await requireDiskOfEtcd(ctx)
  await requireLost(ctx, via, member)
  return member
}

/**
 * Removes the member of a host that has lost its data: it can never start again as that member, and while it is listed it
 * counts against the quorum (etcd FAQ: remove before add).
 *
 * @throws `task-failed` if the other members do not have a quorum, if its data is on a disk that is not mounted, or if it responds.
 */
export const removeLostMember = async (
  ctx: ApplyContext,
  via: ApplyContext,
  { address }: Pick<Joiner, 'address'>,
): Promise<void> => {
  const members = await requireMembers(via)
  const lost = await lostMember(ctx, via, members, address)
  if (lost !== undefined) await removeMember(via, members, lost, `${ctx.host.name} has lost its etcd data`)
}

/** How often the members are checked, every half second, before the kubelet is checked for the reason. */
const checksPerKubelet = 4

/**
 * Waits until every member has started, can vote and responds.
 *
 * @throws `wait-timeout` with the member that does not.
 */
export const waitForMembers = (ctx: ApplyContext, via: ApplyContext): Promise<void> => {
  let looks = 0
  return eventually(
    ctx,
    async () => {
      looks += 1
      if (looks % checksPerKubelet === 0) await admitEtcd(ctx)
      await promoteLearners(via)
      return etcdProblems(via)
    },
    {
      seconds: 180,
      every: 0.5,
      hint: `check etcd on ${ctx.host.name}: ${logsOf('etcd')}; then run again`,
    },
  )
}

/**
 * Checks that a member can be added: no alarm is raised, and all members have started, can vote and respond, after waiting
 * for them. etcd itself is content with less: kubeadm 1.37 asks for a quorum alone, and etcd before 3.6.11 refuses to add a
 * member while one is down. A member that will not come back is removed first.
 *
 * @throws `task-failed` with the member that does not, and what to do.
 */
export const requireHealthyMembers = async (
  ctx: ApplyContext,
  via: ApplyContext,
  patience: number,
): Promise<void> => {
  await waitQuietly(ctx, patience, async () => {
    await promoteLearners(via)
    return etcdProblems(via)
  })
  const unhealthy = await etcdProblems(via)
  if (unhealthy.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `adding an etcd member now could break the quorum: ${unhealthy.join('; ')}`,
    {
      hint:
        waysToAsk(unhealthy) ??
        `repair that member (on its host: ${logsOf('etcd')}), or if it is lost, remove it: ${etcdctlOn(via.host.name, 'member list')}; and the same with: member remove ID`,
    },
  )
}

/**
 * Adds a host to the member list, unless it is listed. Only one member can be in the process of joining: a second one would
 * put the quorum at risk.
 */
export const ensureListed = async (
  ctx: ApplyContext,
  via: ApplyContext,
  { name, address, version, patience }: Joiner,
): Promise<Member[]> => {
  const members = await requireMembers(via)
  const other = members.find((member) => !member.started && !isMemberAt(member, address))
  if (other !== undefined) {
    throw new CoxswainError('task-failed', `another etcd member has not started yet: ${other.peerUrl}`, {
      hint: `run again for its host, or remove it: ${etcdctlOn(via.host.name, `member remove ${hexadecimal(other.id)}`)}`,
    })
  }
  if (memberOf(members, address) !== undefined) return members
  if (await hasDataOfEtcd(ctx)) {
    throw new CoxswainError(
      'task-failed',
      `${ctx.host.name} has etcd data, but is not a member of this cluster`,
      {
        hint: `check whether ${etcdData} is still needed; run reset-node with force=true on ${ctx.host.name} to delete it`,
      },
    )
  }
  await requireHealthyMembers(ctx, via, patience)
  ctx.log(
    `adding the etcd member ${name}: ${quorumAfter(members, allRespond(members), { kind: 'add', name }).sum}`,
  )
  await addMember(via, peerUrl({ address }), factsOf(version).hasLearners)
  return requireMembers(via)
}

/**
 * Starts the etcd of a listed host. kubeadm writes the manifest, with the current members, because etcd refuses to start
 * with a different number.
 */
export const startEtcd = async (
  ctx: ApplyContext,
  members: readonly Member[],
  joiner: Joiner,
): Promise<void> => {
  const { remote } = ctx
  const { name, address, version, config } = joiner
  const cluster = initialCluster(
    members.map((member) => ({
      name: isMemberAt(member, address) ? name : member.name,
      peerUrl: member.peerUrl,
    })),
  )
  const facts = factsOf(version)
  const live = `${config}.joining`
  await remote.write(live, withInitialCluster((await remote.read(config)) ?? '', cluster, facts), {
    mode: '0600',
  })
  const [command = ''] = facts.phases['etcd local'].init
  try {
    await withEtcdPatch(
      ctx,
      version,
      (patches) =>
        remote.run({ timeout: 120 })`kubeadm ${[...command.split(' '), '--config', live, ...patches]}`,
    )
  } finally {
    await remote.remove(live)
  }
}
