/** Joining a control-plane node to a cluster with `kubeadm join --control-plane`, and going on with a join that was interrupted. */
import { CoxswainError, Secret } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { joinConfig } from '../config/join-config.ts'
import { expectedEtcdFaults } from '../etcd/data.ts'
import { removeLostMember, requireHealthyMembers, requireLost, waitForEtcd } from '../etcd/member.ts'
import { listMembers, memberOf, requireMembers } from '../etcd/members.ts'
import { ofCluster, refuseRemains } from '../networks/remains.ts'
import { isNode } from '../nodes/worker.ts'
import { authorityOn, caHashes, withToken } from './bootstrap-token.ts'
import { withEtcdPatch } from './etcd-patch.ts'
import { continueJoin, resetForJoin, waitForApiServer } from './join-recovery.ts'
import type { JoiningMaster } from './join-recovery.ts'
import { ignoring, requireKubeadm } from './kubeadm.ts'
import { begin, finished, inBetween, masterState, serves } from './master-state.ts'
import { removeOldNode } from './old-node.ts'
import { finalizeKubelet, phases } from './phases.ts'
import { factsOf } from './versions.ts'
import { readYaml } from './yaml.ts'

/** A control-plane node that joins, and how. */
export interface JoinOptions extends JoiningMaster {
  /** host:port of the load balancer. */
  readonly endpoint: string
  /** Preflight errors that are treated as warnings. */
  readonly ignorePreflightErrors: readonly string[]
}

/** Joins. The configuration contains the token, so it is passed on standard input and not written to a file. */
const join = (ctx: ApplyContext, via: ApplyContext, given: JoinOptions): Promise<void> =>
  withToken(via, 'a master joins', async (token) => {
    const text = (await ctx.remote.read(given.config)) ?? ''
    const discovery = {
      endpoint: given.endpoint,
      token: token.reveal(),
      caCertHashes: caHashes(await authorityOn(ctx, 'run the task copy-certs first'), ctx.host.name),
    }
    const stdin = new Secret(joinConfig(given, discovery, readYaml(text, given.config)))
    const words = ignoring([...given.ignorePreflightErrors, ...(await expectedEtcdFaults(ctx))])
    await withEtcdPatch(
      ctx,
      given.version,
      (patches) =>
        ctx.remote.run({
          stdin,
          timeout: 900,
        })`kubeadm join ${['--config', '/dev/stdin', ...words, ...patches]}`,
    )
  })

/** The state of a host with regard to joining. */
export type JoinState = 'new' | 'unfinished' | 'lost its data' | 'joined' | 'down'

/** @throws `task-failed` for a host that has a part of a node, of which only a person can decide what to do. */
export const joinStateOf = async (
  ctx: CheckContext,
  via: CheckContext,
  given: JoinOptions,
): Promise<JoinState> => {
  const { touched, unfinished, hasData, ready, lacking } = await masterState(ctx, given.address, given.port)
  if (ready && lacking.length === 0) return 'joined'
  if (unfinished) return 'unfinished'
  // it is part of the cluster, whatever is missing on its disk
  if (ready) throw serves(ctx, lacking)
  // a host without traces has nothing to lose, so a leader that does not respond yet (under --check) is accepted
  const members = touched ? await requireMembers(via) : ((await listMembers(via)) ?? [])
  const member = memberOf(members, given.address)
  // it was added, but never started, so it does not have data
  if (member?.started === false) return 'unfinished'
  if (!touched) return 'new'
  if (!hasData && member !== undefined) {
    await requireLost(ctx, via, member)
    return 'lost its data'
  }
  if (!hasData) throw inBetween(ctx, `has a part of a node, but lacks ${lacking.join(', ')}`)
  if (member === undefined) throw inBetween(ctx, 'has etcd data, but is not a member of this cluster')
  if (lacking.length === 0) return 'down'
  throw inBetween(ctx, `has a part of a control plane, but lacks ${lacking.join(', ')}`)
}

/** The same as options of a phase. */
export const asPhase = (given: JoinOptions) => ({ ...given, node: given.name, apiNames: [] })

/**
 * @throws `params-invalid` for a version that cannot join control-plane nodes, `command-failed` if kubeadm is missing, and `task-failed` for
 *   what another pod network has left.
 */
export const requireJoining = async (
  ctx: CheckContext,
  via: CheckContext,
  { version }: Pick<JoinOptions, 'version'>,
): Promise<void> => {
  if (!factsOf(version).joinsControlPlanes)
    throw new CoxswainError(
      'params-invalid',
      `kubeadm ${version} cannot join control-plane nodes by itself`,
      {
        hint: "use strategy 'phases' before v1.14",
      },
    )
  await requireKubeadm(ctx)
  if (!(await isNode(ctx))) await refuseRemains(ctx, () => ofCluster(via))
}

/**
 * Joins a host to a cluster as a control-plane node. It needs the configuration, and the files that all control-plane nodes share.
 *
 * @param via a control-plane node that is ready.
 */
export const joinMaster = async (ctx: ApplyContext, via: ApplyContext, given: JoinOptions): Promise<void> => {
  await requireJoining(ctx, via, given)
  await waitForEtcd(ctx, via, given.patience)
  const state = await joinStateOf(ctx, via, given)
  if (state !== 'joined' && state !== 'down') {
    await begin(ctx)
    await removeLostMember(ctx, via, given)
    if (state === 'lost its data') await resetForJoin(ctx, via, given)
    if (state !== 'unfinished' || !(await continueJoin(ctx, via, given))) {
      await requireHealthyMembers(ctx, via, given.patience)
      await removeOldNode(ctx, via, given)
      await join(ctx, via, given)
    }
  }
  if (state !== 'joined') await waitForApiServer(ctx, given, 120)
  if ((await phases['mark-control-plane'].problems(ctx, asPhase(given))).length > 0)
    await ctx.remote.run({ timeout: 60 })`kubeadm init phase mark-control-plane --config ${given.config}`
  await finalizeKubelet(ctx, asPhase(given))
  await finished(ctx)
}
