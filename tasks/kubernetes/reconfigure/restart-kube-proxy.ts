/** The restart of kube-proxy on all nodes of a cluster. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { readKubeProxy, rolloutProblems } from './kube-proxy.ts'
import type { KubeProxy } from './kube-proxy.ts'
import { untilSteady } from './steady.ts'

/** How often a pod is started before it counts as one that cannot run. */
const mostRestarts = 3

/** Which API server is asked, and how long is waited for the pods. */
export interface Waiting {
  readonly server: string
  readonly timeout: number
  readonly steady: number
}

const logs = 'kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=20'

/** What more the pods that were restarted lack. */
type Lacking = (found: KubeProxy | undefined) => Promise<readonly string[]>

const nothing: Lacking = () => Promise.resolve([])

/**
 * Restarts all pods of kube-proxy, one after the other, and waits until they work.
 *
 * @param lacking what more they need to work; nothing by default.
 * @throws `wait-timeout` with what does not.
 */
export const restartAll = async (
  ctx: ApplyContext,
  { server, timeout, steady }: Waiting,
  lacking: Lacking = nothing,
): Promise<void> => {
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
      ...(await lacking(found)),
    ]
  }
  await untilSteady(ctx, steady, missing, { seconds: timeout, every: 1, hint: logs })
}
