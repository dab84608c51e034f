import {
  CoxswainError,
  defineTask,
  drift,
  hostSelector,
  ok,
  words as wordList,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext, Selector } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { ignoring, requireKubeadm } from './kubeadm/kubeadm.ts'
import { kubectl } from './kubeadm/kubectl.ts'
import { requireInstalled } from './kubeadm/kubelet.ts'
import { apiVersions, isNewerThan } from './kubeadm/skew.ts'
import { allowUnknownVersion, knownVersion } from './kubeadm/versions.ts'
import { isOlder } from './upgrade/running.ts'

/** A worker, and the control-plane node that is asked about it. */
interface WorkerPlace {
  /** The name of its node. */
  readonly node: string
  /** A control-plane node that is ready. */
  readonly via: Selector
  /** The version that it is to have. */
  readonly version: string
}

/**
 * The version of the kubelet that runs on a node.
 *
 * @throws `task-failed` if the cluster does not have the node, and `command-failed` if it cannot be asked.
 */
const runningKubelet = async (via: CheckContext, node: string): Promise<string> => {
  const path = 'jsonpath={.status.nodeInfo.kubeletVersion}'
  const version = (await kubectl(via, ['get', 'node', node, '--ignore-not-found', '-o', path]).text()).trim()
  if (version !== '') return version
  throw new CoxswainError('task-failed', `the cluster does not have a node ${node}`, {
    hint: `let it join first (playbooks/workers.ts), or take it out of the group workers`,
  })
}

/** Whether the kubelet that runs on a worker is older than a version. */
export const workerNeedsUpgrade = async (
  ctx: CheckContext,
  { node, via, version }: WorkerPlace,
): Promise<boolean> => isOlder(await runningKubelet(await ctx.on(via), node), version)

/** @throws `task-failed` if an API server is older than a kubelet would be. */
const refuseNewer = async (ctx: ApplyContext, via: ApplyContext, version: string): Promise<void> => {
  const older = (await apiVersions(via)).find((one) => isNewerThan(version, one))
  if (older === undefined) return
  throw new CoxswainError(
    'task-failed',
    `the kubelet of ${ctx.host.name} would be newer than the API server ${older}: ${version}`,
    { hint: 'upgrade all control-plane nodes first' },
  )
}

/** Upgrades a worker: its kubelet's configuration with kubeadm, then its kubelet. */
export const workerUpgrade = defineTask({
  name: 'worker-upgrade',
  description:
    'Upgrades a worker to a version whose kubeadm and kubelet are installed: kubeadm upgrade node, and a restart of the kubelet. It is refused while an API server is older.',
  reads: "the node's kubelet version by kubectl, and the versions of the API servers",
  example: { node: 'w1', via: 'masters[0]', version: 'v1.37.2' },
  params: () =>
    z
      .object({
        node: z.string().describe('the name of the node'),
        via: hostSelector().describe('a control-plane node that is ready'),
        version: z.string().describe('the Kubernetes version, such as v1.37.2'),
        allowUnknownVersion: allowUnknownVersion(),
        ignorePreflightErrors: wordList().default([]).describe('preflight errors to treat as warnings'),
      })
      .superRefine(knownVersion('version')),
  title: ({ version }) => `worker ${version}`,

  async check(ctx, { node, via, version }) {
    const running = await runningKubelet(await ctx.on(via), node)
    return isOlder(running, version)
      ? drift({ what: `kubelet of ${node}`, from: running, to: version })
      : ok()
  },

  explain: explainControlPlane,

  async apply(ctx, { node, via: asked, version, ignorePreflightErrors }) {
    const { remote, host } = ctx
    const via = await ctx.on(asked)
    const kubeadm = (await requireKubeadm(ctx)).trim()
    if (kubeadm !== version)
      throw new CoxswainError('task-failed', `kubeadm on ${host.name} is ${kubeadm}, not ${version}`, {
        hint: `install kubeadm ${version} on ${host.name}, and run again`,
      })
    await requireInstalled(ctx, version)
    await refuseNewer(ctx, via, version)
    await remote.run({ timeout: 600 })`kubeadm upgrade node ${ignoring(ignorePreflightErrors)}`
    await remote.run({ timeout: 120 })`systemctl daemon-reload`
    await remote.run({ timeout: 120 })`systemctl restart kubelet`
    await eventually(
      ctx,
      async () => {
        const running = await runningKubelet(via, node)
        return running === version ? [] : [`node ${node} has kubelet ${running}`]
      },
      {
        seconds: 300,
        every: 1,
        hint: `check the kubelet on ${host.name}: journalctl -u kubelet; then run again`,
      },
    )
  },
})
