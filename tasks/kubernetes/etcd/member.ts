/** How a master's etcd becomes a member of the cluster: shared by the ways to add a master. */
import { CoxswainError, isCoxswainError, z } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { initialCluster, peerUrl } from '../config/etcd-arguments.ts'
import { joiningConfig } from '../config/joining.ts'
import {
  addMember,
  healthyWithout,
  keepsQuorum,
  listMembers,
  memberOf,
  promoteLearners,
  removeMember,
  requireMembers,
  unwell,
} from './etcd.ts'
import type { Member } from './etcd.ts'
import { eventually } from '../../shared/eventually.ts'
import { etcdData } from '../kubeadm/paths.ts'
import { admitEtcd } from '../kubeadm/static-pods.ts'
import { minorOf } from '../kubeadm/version.ts'

export interface Joiner {
  readonly name: string
  readonly address: string
  readonly version: string
  /** The kubeadm configuration on the joining host. */
  readonly config: string
  /** Seconds that the other members have to answer: one that was restarted a moment ago needs some. */
  readonly patience: number
}

export const etcdWaitParam = () =>
  z.coerce.number().min(0).default(60).describe('seconds to wait for the other etcd members to answer')

/** Waits until nothing is amiss; when time is up, the caller looks once more and says what it is in its own words. */
const givenTime = async (
  ctx: ApplyContext,
  seconds: number,
  missing: () => Promise<readonly string[]>,
): Promise<void> => {
  try {
    await eventually(ctx, missing, { seconds, hint: 'crictl ps -a --name etcd, crictl logs' })
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'wait-timeout') throw error
  }
}

/** Gives the etcd of a master time to answer: whoever asks it for its members next, says so if it still does not. */
export const untilAnswering = (ctx: ApplyContext, via: ApplyContext, seconds: number): Promise<void> =>
  givenTime(ctx, seconds, async () =>
    (await listMembers(via)) === undefined ? [`etcd on ${via.host.name} does not answer`] : [],
  )

/**
 * Takes a member off the list whose host has come back without its data: it can never start again as that member, and
 * as long as it is listed it counts against the quorum (etcd FAQ: remove before add).
 *
 * @throws `task-failed` when the others have no quorum of their own.
 */
export const forgetLost = async (
  ctx: ApplyContext,
  via: ApplyContext,
  { address }: Pick<Joiner, 'address'>,
): Promise<void> => {
  const members = await requireMembers(via)
  const lost = memberOf(members, address)
  // one that has not started yet is no loss: it was added a moment ago
  if (lost?.started !== true || (await ctx.remote.exists(etcdData))) return
  if (!keepsQuorum(members, lost, await healthyWithout(via, lost))) {
    throw new CoxswainError(
      'task-failed',
      `${ctx.host.name} has lost its etcd data, and the other members have no quorum`,
      {
        hint: 'repair another member first, or restore etcd from a snapshot',
      },
    )
  }
  ctx.log(`${ctx.host.name} has lost its etcd data: removing its former member`)
  await removeMember(via, lost.id)
}

/** How often it is looked at the members, half a second each, until somebody asks the kubelet why they do not start. */
const looksBetween = 4

/**
 * Waits until every member has started, has a vote and answers.
 *
 * @throws `wait-timeout` saying which one does not.
 */
export const waitForMembers = (ctx: ApplyContext, via: ApplyContext): Promise<void> => {
  let looks = 0
  return eventually(
    ctx,
    async () => {
      looks += 1
      if (looks % looksBetween === 0) await admitEtcd(ctx)
      await promoteLearners(via)
      return unwell(via)
    },
    {
      seconds: 180,
      every: 0.5,
      hint: `check etcd on ${ctx.host.name}: crictl ps -a --name etcd, crictl logs; then run again`,
    },
  )
}

/**
 * Adds a host to the member list, unless it is there. Only one member may be on its way at a time: a second one would
 * cost the quorum.
 */
export const ensureListed = async (
  ctx: ApplyContext,
  via: ApplyContext,
  { name, address, version, patience }: Joiner,
): Promise<Member[]> => {
  const members = await requireMembers(via)
  const other = members.find((member) => !member.started && member.peerUrl !== peerUrl({ address }))
  if (other !== undefined) {
    throw new CoxswainError(
      'task-failed',
      `etcd waits for another member that has not started: ${other.peerUrl}`,
      {
        hint: `start it, or remove it: etcdctl member remove ${other.id}`,
      },
    )
  }
  if (memberOf(members, address) !== undefined) return members
  if (await ctx.remote.exists(etcdData)) {
    throw new CoxswainError(
      'task-failed',
      `${ctx.host.name} has etcd data, but is not a member of this cluster`,
      {
        hint: `check whether ${etcdData} is still needed; run reset-node on ${ctx.host.name} to delete it`,
      },
    )
  }
  await givenTime(ctx, patience, () => unwell(via))
  const ailing = await unwell(via)
  if (ailing.length > 0) {
    throw new CoxswainError(
      'task-failed',
      `adding an etcd member now could cost the quorum: ${ailing.join('; ')}`,
      {
        hint: 'repair or remove the unhealthy member: etcdctl endpoint health --cluster',
      },
    )
  }
  await addMember(via, name, peerUrl({ address }), minorOf(version) >= 17)
  return requireMembers(via)
}

/**
 * Starts the etcd of a host that is on the member list: the manifest is written by kubeadm, with the members that there
 * are now, because etcd refuses to start with any other count.
 */
export const startEtcd = async (
  { remote }: ApplyContext,
  members: readonly Member[],
  joiner: Joiner,
): Promise<void> => {
  const { name, address, version, config } = joiner
  const cluster = initialCluster(
    members.map((member) => ({
      name: member.peerUrl === peerUrl({ address }) ? name : member.name,
      peerUrl: member.peerUrl,
    })),
  )
  const live = `${config}.joining`
  await remote.write(live, joiningConfig((await remote.read(config)) ?? '', cluster), { mode: '0600' })
  const words =
    minorOf(version) >= 13 ? ['init', 'phase', 'etcd', 'local'] : ['alpha', 'phase', 'etcd', 'local']
  try {
    await remote.run({ timeout: 120 })`kubeadm ${words} --config ${live}`
  } finally {
    await remote.remove(live)
  }
}
