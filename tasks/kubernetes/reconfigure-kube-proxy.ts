import { CoxswainError, defineTask, driftUnlessEmpty, isCoxswainError } from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'
import { renderConfig } from './config/render.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { adminConf } from './kubeadm/paths.ts'
import { configFits } from './config/refused.ts'
import { configMapChanges } from './reconfigure/config-maps.ts'
import { forgetFormer, keepFormer, putFormerBack, readFormer } from './reconfigure/former-kube-proxy.ts'
import { readKubeProxy } from './reconfigure/kube-proxy.ts'
import { exampleConfig, waitingConfig } from './reconfigure/params.ts'
import { requireComparable } from './reconfigure/require-comparable.ts'
import { restartAll } from './reconfigure/restart-kube-proxy.ts'
import type { Waiting } from './reconfigure/restart-kube-proxy.ts'

/** What the pods of kube-proxy have logged last; nothing if it cannot be asked. */
const lastLogs = async ({ remote }: ApplyContext, server: string): Promise<string> => {
  const words = ['--kubeconfig', adminConf, '--server', server, '--request-timeout=15s', '-n', 'kube-system']
  const more = ['-l', 'k8s-app=kube-proxy', '--tail=5', '--prefix', '--ignore-errors']
  return (await remote.query({ timeout: 40 })`kubectl ${words} logs ${more}`.result()).stdout.trim()
}

/**
 * Puts back what worked last, and waits for its pods. What was kept in another version is not put back: it has the image of that version.
 *
 * @returns whether it was put back.
 */
const rollBack = async (ctx: ApplyContext, waiting: Waiting, version: string): Promise<boolean> => {
  const { server } = waiting
  const former = await readFormer(ctx, server)
  if (former?.version !== version) return false
  ctx.log('the former kube-proxy is put back')
  await putFormerBack(ctx, server, former)
  await restartAll(ctx, waiting)
  await forgetFormer(ctx, server)
  return true
}

/** Makes the configuration of kube-proxy what kubeadm would make it, and restarts its pods on all nodes. */
export const reconfigureKubeProxy = defineTask({
  name: 'reconfigure-kube-proxy',
  description:
    'Changes the configuration of kube-proxy to what kubeadm writes for the configuration, and restarts its pods one after the other, on all nodes of the cluster. If they do not work, the former configuration and the former DaemonSet come back; the cluster keeps them meanwhile.',
  reads:
    'the ConfigMap kube-proxy, that of an interrupted run (coxswain-former-kube-proxy), the pods of kube-proxy, and what kubeadm (v1.31 and later) would write',
  example: exampleConfig,
  params: () => waitingConfig(300).superRefine(configFits),
  title: () => 'kube-proxy has the configured settings',

  async check(ctx, { timeout: _timeout, steady: _steady, ...given }) {
    await requireComparable(ctx, given.cluster.kubernetesVersion)
    const server = ownServer(given.self.address, given.cluster.bindPort)
    const [found, former] = await Promise.all([readKubeProxy(ctx, server), readFormer(ctx, server)])
    const left = { what: 'kube-proxy', from: 'changed by an interrupted run', to: 'proven, or put back' }
    // the cluster was made without it, or it was removed since
    if (found === undefined) return driftUnlessEmpty(former === undefined ? [] : [left])
    const { kubeProxy } = await configMapChanges(ctx, given, server)
    const outdated = found.pods.filter((pod) => pod.outdated)
    return driftUnlessEmpty([
      ...kubeProxy,
      ...outdated.map(({ node }) => ({
        what: `kube-proxy of ${node}`,
        from: 'started before its configuration was changed',
        to: 'restarted',
      })),
      ...(former !== undefined && kubeProxy.length + outdated.length === 0 ? [left] : []),
    ])
  },

  async apply(ctx, { timeout, steady, ...given }) {
    const server = ownServer(given.self.address, given.cluster.bindPort)
    const waiting = { server, timeout, steady }
    const version = given.cluster.kubernetesVersion
    const found = await readKubeProxy(ctx, server)
    if (found === undefined) return forgetFormer(ctx, server)
    const { kubeProxy } = await configMapChanges(ctx, given, server)
    try {
      if (kubeProxy.length > 0) {
        await keepFormer(ctx, server, { version, data: found.data })
        await ctx.remote.run({
          stdin: renderConfig(given),
          timeout: 120,
        })`kubeadm init phase addon kube-proxy --config /dev/stdin`
      }
      await restartAll(ctx, waiting)
    } catch (error) {
      if (!isCoxswainError(error) || error.code !== 'wait-timeout' || ctx.signal.aborted) throw error
      const said = await lastLogs(ctx, server)
      const isBack = await rollBack(ctx, waiting, version)
      throw new CoxswainError(
        'task-failed',
        isBack
          ? `kube-proxy does not work with the new settings, so its former ones were put back: ${error.message}`
          : `kube-proxy does not work, and no former settings of ${version} are kept, so nothing was put back: ${error.message}`,
        {
          output: said,
          hint: 'correct kube_proxy in the inventory, and run again',
          cause: error,
        },
      )
    }
    await forgetFormer(ctx, server)
  },
})
