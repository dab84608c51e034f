import {
  Secret,
  defineTask,
  driftUnlessEmpty,
  hostSelector,
  words as wordList,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { nodeIpFor } from './config/node-ip.ts'
import type { KubeletOwners } from './config/owned-by-kubelets.ts'
import { kubeletArgumentFaults } from './config/owned-faults.ts'
import { workerConfig } from './config/worker-config.ts'
import { caHashes, withToken } from './kubeadm/bootstrap-token.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { ignoring, requireKubeadm, resetWords } from './kubeadm/kubeadm.ts'
import { begin, finished } from './kubeadm/master-state.ts'
import { nodeIpSchema } from './kubeadm/network-rules.ts'
import { takeOverNode } from './kubeadm/old-node.ts'
import { unfinishedPath } from './kubeadm/paths.ts'
import { endpointSchema } from './kubeadm/names.ts'
import { clusterSettings, masterSchema } from './kubeadm/settings.ts'
import { allowUnknownVersion, factsOf, knownVersion, versionFault, versionNote } from './kubeadm/versions.ts'
import type { ReleaseFacts } from './kubeadm/versions/release.ts'
import { unknownSettings } from './kubeadm/versions/unknown-settings.ts'
import type { Document } from './kubeadm/yaml.ts'
import { ofCluster, refuseRemains } from './networks/remains.ts'
import { refuseOtherArguments } from './nodes/other-arguments.ts'
import { findNode, nodeObject, taintOf } from './nodes/node.ts'
import { placeOf, requireFitting } from './nodes/joining.ts'
import { resetHost } from './reset/reset-host.ts'
import { isNode, workerState } from './nodes/worker.ts'
import type { WorkerState } from './nodes/worker.ts'

interface Given {
  readonly name: string
  readonly nodeIp?: string | undefined
  readonly criSocket?: string | undefined
  readonly cgroupDriver?: string | undefined
  readonly kubelet?: Document | undefined
}

/** What the arguments of the kubelet must agree with. */
const ownersOf = (
  { name, nodeIp, criSocket, cgroupDriver, kubelet = {} }: Given,
  facts: ReleaseFacts,
): KubeletOwners => {
  const { cgroupDriver: configured = cgroupDriver } = kubelet
  const driver = typeof configured === 'string' ? configured : facts.cgroupDriver
  return { name, nodeIp, criSocket, cgroupDriver: driver, kubelet }
}

const params = () =>
  z
    .object({
      via: hostSelector().describe('a control-plane node that is ready'),
      name: masterSchema.shape.name,
      endpoint: endpointSchema.describe('host:port of the load balancer'),
      version: z.string().describe('the Kubernetes version of the cluster, such as v1.37.2'),
      allowUnknownVersion: allowUnknownVersion(),
      nodeIp: nodeIpSchema
        .optional()
        .describe(
          'the address that the kubelet reports, or two of both families: its --node-ip; by default the one at which the host is reached, if it has several',
        ),
      criSocket: clusterSettings.criSocket,
      kubeletExtraArgs: clusterSettings.kubeletExtraArgs,
      kubelet: clusterSettings.kubelet.describe(
        'fields of KubeletConfiguration that the cluster has, which arguments must not contradict',
      ),
      cgroupDriver: clusterSettings.cgroupDriver,
      taints: clusterSettings.taints.describe('taints that the node has from its registration on'),
      patches: clusterSettings.patches,
      timeouts: clusterSettings.timeouts,
      imagePullPolicy: clusterSettings.imagePullPolicy,
      imagePullSerial: clusterSettings.imagePullSerial,
      ignorePreflightErrors: wordList().default([]).describe('preflight errors to treat as warnings'),
    })
    .superRefine(knownVersion('version'))
    .superRefine((given, context) => {
      const { version, allowUnknownVersion: allowed, nodeIp = '' } = given
      if (versionFault(version, allowed) !== undefined) return
      const facts = factsOf(version)
      const unknown = [
        ...unknownSettings({ ...given, podSubnet: '' }, facts),
        ...(nodeIp.includes(',') && !facts.acceptsNodeIpPair
          ? ['two addresses in nodeIp (from v1.20 on)']
          : []),
        // before, kubeadm has another configuration for nodes that join
        ...(facts.joinsControlPlanes ? [] : ['the configuration with which this task joins (from v1.14 on)']),
      ]
      for (const what of unknown)
        context.addIssue({ code: 'custom', message: `Kubernetes ${version} does not know ${what}` })
      for (const message of kubeletArgumentFaults(given.kubeletExtraArgs, ownersOf(given, facts)))
        context.addIssue({ code: 'custom', message })
    })
type Params = z.output<ReturnType<typeof params>>

/** What the host was, for the change. */
const before: Readonly<Record<WorkerState['kind'], string | undefined>> = {
  new: undefined,
  unfinished: 'a join that was interrupted',
  deleted: 'a node that the cluster does not have any more',
  joined: 'a worker',
}

/** Undoes what an interrupted join did on the host, so that it can join again. Volumes that are mounted are not touched. */
const resetForJoin = async (ctx: ApplyContext, { criSocket }: Params): Promise<void> => {
  ctx.log(`${before.unfinished}: resetting the host, to join again`)
  await resetHost(ctx, await resetWords(ctx, criSocket), 'refuse')
}

/** Joins. The configuration contains the token, so it is passed on standard input and not written to a file. */
const join = (ctx: ApplyContext, via: ApplyContext, authority: string, given: Params): Promise<void> =>
  withToken(via, `the worker ${given.name} joins`, async (token) => {
    const { name, version, nodeIp, endpoint } = given
    const discovery = { endpoint, token: token.reveal(), caCertHashes: caHashes(authority, via.host.name) }
    const config = workerConfig({ self: { name }, version, nodeIp, cluster: given }, discovery)
    const words = ['--config', '/dev/stdin', ...ignoring(given.ignorePreflightErrors)]
    await ctx.remote.run({ stdin: new Secret(config), timeout: 900 })`kubeadm join ${words}`
  })

/** The --node-ip of a worker that joins: without one in the inventory, the address at which it is reached, if its host has several. */
const joiningNodeIp = async (
  ctx: CheckContext,
  { nodeIp, kubeletExtraArgs }: Params,
): Promise<string | undefined> => {
  const { 'node-ip': own, 'cloud-provider': provider } = kubeletExtraArgs
  if (nodeIp !== undefined || own !== undefined || provider !== undefined) return nodeIp
  return nodeIpFor(ctx, ctx.host.address, undefined)
}

/** Waits until the cluster has the node: the kubelet registers it some seconds after kubeadm has ended. */
const waitForNode = (ctx: ApplyContext, via: ApplyContext, name: string): Promise<void> =>
  eventually(
    ctx,
    async () =>
      (await findNode(via, name)) === undefined ? [`the cluster does not have the node ${name}`] : [],
    { seconds: 120, hint: `check the kubelet on ${ctx.host.name}: journalctl -u kubelet; then run again` },
  )

/** @throws as requireFitting and refuseRemains, and `command-failed` if kubeadm is missing. */
const requireJoining = async (ctx: CheckContext, via: CheckContext, given: Params): Promise<void> => {
  await requireKubeadm(ctx)
  await requireFitting(ctx, via, given)
  if (!(await isNode(ctx))) await refuseRemains(ctx, () => ofCluster(via))
}

/**
 * Joins a worker to a cluster with `kubeadm join`.
 *
 * The token is made on a control-plane node for this join alone, and deleted after it. What an interrupted join left is reset first,
 * unless volumes stay mounted. A Node that an earlier installation of the host left is used again, with its cordon, labels and taints. A
 * worker whose Node was deleted registers it again.
 */
export const workerJoin = defineTask({
  name: 'worker-join',
  description:
    'Joins a worker to a cluster with kubeadm join. Control-plane nodes, nodes of other clusters, and kubelets that do not go with the API servers are refused.',
  reads:
    'kubelet.conf and the files of a control plane, the versions of kubeadm and the kubelet, the arguments of a kubelet that has joined, the Node object and the versions of the API servers, and what pod networks have left',
  example: { via: 'masters[0]', name: 'w1', endpoint: '10.0.0.10:6443', version: 'v1.37.2' },
  params,
  title: ({ version }) => `kubeadm join${versionNote(version)}`,
  makes: ({ name, taints = [] }) => [nodeObject(name), ...taints.map((taint) => taintOf(name, taint))],

  async check(ctx, given) {
    const via = await ctx.on(given.via)
    const { kind, marked } = await workerState(ctx, via, given.name)
    if (kind === 'joined') {
      await refuseOtherArguments(ctx, via, given)
      return driftUnlessEmpty(marked ? [{ what: unfinishedPath, from: 'present', to: undefined }] : [])
    }
    if (kind !== 'deleted') await requireJoining(ctx, via, given)
    const to = kind === 'deleted' ? 'is registered again by its kubelet' : 'joined'
    return driftUnlessEmpty([{ what: 'worker', from: before[kind], to: `${given.name} ${to}` }])
  },

  explain: explainControlPlane,

  async apply(ctx, given) {
    const { name } = given
    const via = await ctx.on(given.via)
    const { kind, authority } = await workerState(ctx, via, name)
    if (kind === 'deleted') {
      ctx.log(`the cluster does not have the node ${name}: a kubelet registers it when it starts`)
      await ctx.remote.run({ timeout: 90 })`systemctl restart kubelet`
      await waitForNode(ctx, via, name)
    } else if (kind !== 'joined') {
      await requireJoining(ctx, via, given)
      await begin(ctx, 'worker')
      if (kind === 'unfinished') await resetForJoin(ctx, given)
      await takeOverNode(ctx, via, placeOf(ctx, given))
      await join(ctx, via, authority, { ...given, nodeIp: await joiningNodeIp(ctx, given) })
      await waitForNode(ctx, via, name)
    }
    await finished(ctx)
  },
})
