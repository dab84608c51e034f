import {
  CoxswainError,
  Secret,
  defineTask,
  drift,
  driftUnlessEmpty,
  hostSelector,
  pending,
  portNumber,
  remotePath,
  words as wordList,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { expectedEtcdFaults } from './etcd/data.ts'
import { joinConfig } from './config/join-config.ts'
import { refuseAlarms } from './etcd/alarms.ts'
import {
  etcdWaitParam,
  removeLostMember,
  requireHealthyMembers,
  requireLost,
  waitForEtcd,
} from './etcd/member.ts'
import { listMembers, memberOf, requireMembers } from './etcd/members.ts'
import { authorityOn, caHashes, withToken } from './kubeadm/bootstrap-token.ts'
import { waitForApiServer, continueJoin, resetForJoin } from './kubeadm/join-recovery.ts'
import { withEtcdPatch } from './kubeadm/etcd-patch.ts'
import { ignoring, requireKubeadm } from './kubeadm/kubeadm.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { begin, finished, inBetween, masterState, serves } from './kubeadm/master-state.ts'
import { removeOldNode } from './kubeadm/old-node.ts'
import { adminConfFile, kubeadmConfigPath, unfinishedPath } from './kubeadm/paths.ts'
import { finalizeKubelet, finalizeProblems, phases } from './kubeadm/phases.ts'
import { allowUnknownVersion, factsOf, knownVersion, versionNote } from './kubeadm/versions.ts'
import { readYaml } from './kubeadm/yaml.ts'
import { ofCluster, refuseRemains } from './networks/remains.ts'
import { isNode } from './nodes/worker.ts'

const params = () =>
  z
    .object({
      via: hostSelector().describe('a control-plane node that is ready'),
      name: z.string().describe('the name of the node'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of the API server'),
      endpoint: z.string().describe('host:port of the load balancer'),
      version: z.string().describe('the Kubernetes version, such as v1.37.2'),
      allowUnknownVersion: allowUnknownVersion(),
      criSocket: z
        .string()
        .optional()
        .describe('the CRI socket, if several container runtimes are installed'),
      config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
      ignorePreflightErrors: wordList().default([]).describe('preflight errors to treat as warnings'),
      patience: etcdWaitParam(),
    })
    .superRefine(knownVersion('version'))
type Params = z.output<ReturnType<typeof params>>

/** Joins. The configuration contains the token, so it is passed on standard input and not written to a file. */
const join = (ctx: ApplyContext, via: ApplyContext, given: Params): Promise<void> =>
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
type JoinState = 'new' | 'unfinished' | 'lost its data' | 'joined' | 'down'

const joinStateOf = async (ctx: CheckContext, via: CheckContext, given: Params): Promise<JoinState> => {
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

const asPhase = (given: Params) => ({ ...given, node: given.name, apiNames: [] })

/**
 * @throws `params-invalid` for a version that cannot join control-plane nodes, `command-failed` if kubeadm is missing, and `task-failed` for
 *   what another pod network has left.
 */
const requireJoining = async (ctx: CheckContext, via: CheckContext, { version }: Params): Promise<void> => {
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

/** Joins a control-plane node to a cluster with `kubeadm join --control-plane`; needs copy-certs first. */
export const kubeadmJoin = defineTask({
  name: 'kubeadm-join',
  description:
    'Joins a control-plane node to a cluster with kubeadm join. The task copy-certs must run before it.',
  reads: "what is in /etc/kubernetes and /var/lib/etcd, the API server's /readyz, the members of etcd",
  example: {
    via: 'masters[0]',
    name: 'm2',
    address: '10.0.0.12',
    endpoint: '10.0.0.10:6443',
    version: 'v1.20.2',
  },
  params,
  title: ({ version }) => `kubeadm join --control-plane${versionNote(version)}`,
  until: () => ({ timeout: 180, every: 2 }),
  makes: () => [adminConfFile],

  async check(ctx, given) {
    const state = await joinStateOf(ctx, await ctx.on(given.via), given)
    if (state === 'down') return pending(`the API server of ${ctx.host.name} does not respond`)
    if (state !== 'joined') {
      const via = await ctx.on(given.via)
      await requireJoining(ctx, via, given)
      await refuseAlarms(via)
      const from = state === 'new' ? undefined : state
      return drift({ what: 'control plane', from, to: `${given.name} joined` })
    }
    const [marks, rotation, unfinished] = await Promise.all([
      phases['mark-control-plane'].problems(ctx, asPhase(given)),
      finalizeProblems(ctx, given),
      ctx.remote.exists(unfinishedPath),
    ])
    return driftUnlessEmpty([
      ...marks,
      ...rotation,
      ...(unfinished ? [{ what: unfinishedPath, from: 'present', to: undefined }] : []),
    ])
  },

  explain: explainControlPlane,

  async apply(ctx, given) {
    const via = await ctx.on(given.via)
    await requireJoining(ctx, via, given)
    await waitForEtcd(ctx, via, given.patience)
    const state = await joinStateOf(ctx, via, given)
    if (state !== 'joined') {
      await begin(ctx)
      await removeLostMember(ctx, via, given)
      if (state === 'lost its data') await resetForJoin(ctx, via, given)
      if (state !== 'unfinished' || !(await continueJoin(ctx, via, given))) {
        await requireHealthyMembers(ctx, via, given.patience)
        await removeOldNode(ctx, via, given)
        await join(ctx, via, given)
      }
      await waitForApiServer(ctx, given, 120)
    }
    if ((await phases['mark-control-plane'].problems(ctx, asPhase(given))).length > 0)
      await ctx.remote.run({ timeout: 60 })`kubeadm init phase mark-control-plane --config ${given.config}`
    await finalizeKubelet(ctx, asPhase(given))
    await finished(ctx)
  },
})
