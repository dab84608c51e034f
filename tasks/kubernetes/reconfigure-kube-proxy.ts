import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  duration,
  isCoxswainError,
  ok,
} from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'
import { renderConfig } from './config/render.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { adminConf, formerKubeProxy } from './kubeadm/paths.ts'
import { hostConfigSchema, networksFit } from './kubeadm/settings.ts'
import { configMapChanges } from './reconfigure/config-maps.ts'
import { readKubeProxy, rolloutProblems } from './reconfigure/kube-proxy.ts'
import { requireComparable } from './reconfigure/require-comparable.ts'
import { untilSteady } from './reconfigure/steady.ts'

/** How often a pod is started before it counts as one that cannot run. */
const mostRestarts = 3

interface Waiting {
  readonly server: string
  readonly timeout: number
  readonly steady: number
}

const logs = 'kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=20'

/** Restarts all pods of kube-proxy, one after the other, and waits until they work. */
const restartAll = async (ctx: ApplyContext, { server, timeout, steady }: Waiting): Promise<void> => {
  const words = ['--kubeconfig', adminConf, '--server', server, '-n', 'kube-system']
  await ctx.remote.run({ timeout: 60 })`kubectl ${words} rollout restart daemonset kube-proxy`
  const missing = async (): Promise<readonly string[]> => {
    const found = await readKubeProxy(ctx, server)
    const fresh = (found?.pods ?? []).filter(({ outdated }) => !outdated)
    const bad = fresh.find(({ restarts, ready }) => !ready && restarts >= mostRestarts)
    if (bad !== undefined)
      throw new CoxswainError('wait-timeout', `kube-proxy of ${bad.node} ends after each start`, {
        hint: logs,
      })
    return [
      ...(await rolloutProblems(ctx, server)),
      ...(found?.pods ?? []).flatMap(({ node, ready }) =>
        ready ? [] : [`kube-proxy of ${node} is not ready`],
      ),
    ]
  }
  await untilSteady(ctx, steady, missing, { seconds: timeout, every: 1, hint: logs })
}

/** What the pods of kube-proxy have logged last; nothing if it cannot be asked. */
const lastLogs = async ({ remote }: ApplyContext, server: string): Promise<string> => {
  const words = ['--kubeconfig', adminConf, '--server', server, '--request-timeout=15s', '-n', 'kube-system']
  const more = ['-l', 'k8s-app=kube-proxy', '--tail=5', '--prefix', '--ignore-errors']
  return (await remote.query({ timeout: 40 })`kubectl ${words} logs ${more}`.result()).stdout.trim()
}

/** Keeps the ConfigMap as it is, unless that of an interrupted run is kept. */
const keepFormer = async (
  { remote }: ApplyContext,
  data: Readonly<Record<string, string>>,
): Promise<void> => {
  if (await remote.exists(formerKubeProxy)) return
  await remote.makeDirectory('/etc/coxswain')
  await remote.write(formerKubeProxy, JSON.stringify({ data }), {
    mode: '0600',
    owner: 'root',
    group: 'root',
  })
}

const putFormerBack = async (ctx: ApplyContext, waiting: Waiting): Promise<void> => {
  const patch = await ctx.remote.read(formerKubeProxy)
  if (patch === undefined) return
  ctx.log('the former configuration of kube-proxy is put back')
  const words = ['--kubeconfig', adminConf, '--server', waiting.server, '-n', 'kube-system']
  const change = ['patch', 'configmap', 'kube-proxy', '--type=merge', '--patch-file=/dev/stdin']
  await ctx.remote.run({ stdin: patch, timeout: 60 })`kubectl ${words} ${change}`
  await restartAll(ctx, waiting)
  await ctx.remote.remove(formerKubeProxy)
}

/** Makes the configuration of kube-proxy what kubeadm would make it, and restarts its pods on all nodes. */
export const reconfigureKubeProxy = defineTask({
  name: 'reconfigure-kube-proxy',
  description:
    'Changes the configuration of kube-proxy to what kubeadm writes for the configuration, and restarts its pods one after the other, on all nodes of the cluster. If they do not work, the former configuration comes back.',
  reads: 'the ConfigMap kube-proxy, the pods of kube-proxy, and what kubeadm (v1.31 and later) would write',
  example: {
    cluster: { kubernetesVersion: 'v1.37.2', controlPlaneEndpoint: '10.0.0.10:6443' },
    self: { name: 'm1', address: '10.0.0.11' },
    members: [{ name: 'm1', address: '10.0.0.11' }],
  },
  params: () =>
    hostConfigSchema
      .extend({
        timeout: duration().default(300).describe('seconds until all pods work after the change'),
        steady: duration({ zero: true }).default(10).describe('seconds for which they must keep working'),
      })
      .superRefine(networksFit),
  title: () => 'kube-proxy has the configured settings',

  async check(ctx, { timeout: _timeout, steady: _steady, ...given }) {
    await requireComparable(ctx, given.cluster.kubernetesVersion)
    const server = ownServer(given.self.address, given.cluster.bindPort)
    const [found, begun] = await Promise.all([readKubeProxy(ctx, server), ctx.remote.exists(formerKubeProxy)])
    // the cluster was made without it
    if (found === undefined) return ok()
    const { kubeProxy } = await configMapChanges(ctx, given, server)
    const outdated = found.pods.filter((pod) => pod.outdated)
    return driftUnlessEmpty([
      ...kubeProxy,
      ...outdated.map(({ node }) => ({
        what: `kube-proxy of ${node}`,
        from: 'started before its configuration was changed',
        to: 'restarted',
      })),
      ...(begun && kubeProxy.length + outdated.length === 0
        ? [{ what: 'kube-proxy', from: 'changed by an interrupted run', to: 'proven, or put back' }]
        : []),
    ])
  },

  async apply(ctx, { timeout, steady, ...given }) {
    const server = ownServer(given.self.address, given.cluster.bindPort)
    const waiting = { server, timeout, steady }
    const found = await readKubeProxy(ctx, server)
    const { kubeProxy } = await configMapChanges(ctx, given, server)
    try {
      if (found !== undefined && kubeProxy.length > 0) {
        await keepFormer(ctx, found.data)
        await ctx.remote.run({
          stdin: renderConfig(given),
          timeout: 120,
        })`kubeadm init phase addon kube-proxy --config /dev/stdin`
      }
      await restartAll(ctx, waiting)
    } catch (error) {
      if (!isCoxswainError(error) || error.code !== 'wait-timeout' || ctx.signal.aborted) throw error
      const said = await lastLogs(ctx, server)
      await putFormerBack(ctx, waiting)
      throw new CoxswainError(
        'task-failed',
        `kube-proxy does not work with the new settings, so its former ones were put back: ${error.message}`,
        {
          output: said,
          hint: 'correct kube_proxy in the inventory, and run again',
          cause: error,
        },
      )
    }
    await ctx.remote.remove(formerKubeProxy)
  },
})
