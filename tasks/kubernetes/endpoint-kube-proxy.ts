import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  duration,
  isCoxswainError,
  ok,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { asked } from './cluster-state/known.ts'
import { moveParams, movedReferences, readMove, serverOf } from './endpoint/move.ts'
import type { Asking } from './endpoint/move.ts'
import { withoutRules } from './endpoint/proxy-rules.ts'
import { requireRecords } from './endpoint/records.ts'
import { endpointsIn, isOneOf, withEndpoint } from './endpoint/servers.ts'
import { adminConf } from './kubeadm/paths.ts'
import { readKubeProxy } from './reconfigure/kube-proxy.ts'
import type { KubeProxy } from './reconfigure/kube-proxy.ts'
import { restartAll } from './reconfigure/restart-kube-proxy.ts'

const key = 'kubeconfig.conf'

const kubectl = async ({ remote }: ApplyContext, server: string, words: readonly string[]) => {
  const access = ['--kubeconfig', adminConf, '--request-timeout=15s', '--server', server]
  await remote.run({ timeout: 90 })`kubectl ${access} -n kube-system ${words}`
}

const readState = async (ctx: CheckContext, given: Asking) => {
  const server = serverOf(ctx, given)
  const [move, found] = await Promise.all([readMove(ctx, given), readKubeProxy(ctx, server)])
  await requireRecords([ctx], move)
  const text = found?.data[key] ?? ''
  const pods = found?.pods ?? []
  return {
    server,
    move,
    found,
    text,
    wrong: endpointsIn(text).filter((one) => isOneOf(one, move.from)),
    outdated: pods.filter((pod) => pod.outdated),
    fresh: pods.filter((pod) => !pod.outdated),
  }
}

const put = (ctx: ApplyContext, server: string, text: string): Promise<void> => {
  const patch = JSON.stringify({ data: { [key]: text } })
  return kubectl(ctx, server, ['patch', 'configmap', 'kube-proxy', '--type=merge', '-p', patch])
}

/** What pods that were restarted lack. Those that were not, as long as others are, are not looked at. */
const lacking =
  (ctx: CheckContext) =>
  async (found: KubeProxy | undefined): Promise<string[]> => {
    const fresh = found?.pods.filter(({ outdated }) => !outdated) ?? []
    const bad = found === undefined ? [] : await withoutRules(ctx, found, fresh)
    return bad.map(({ node, why }) => `kube-proxy of ${node}: ${why}`)
  }

/**
 * Restarts one pod and waits until it works, before the others: a kube-proxy that does not reach its API server runs on with the rules that it
 * has found.
 *
 * @throws `wait-timeout` if it does not work.
 */
const tryOne = async (
  ctx: ApplyContext,
  { server, found }: { readonly server: string; readonly found: KubeProxy | undefined },
  { masters, timeout }: Pick<Asking, 'masters'> & { readonly timeout: number },
): Promise<void> => {
  const all = found?.pods ?? []
  // a worker, if there is one: a master can reach an endpoint that it has itself
  const pod = all.find(({ node }) => masters.every(({ name }) => name !== node)) ?? all[0]
  if (pod === undefined) return
  ctx.log(`restarting kube-proxy of ${pod.node} first`)
  await kubectl(ctx, server, ['delete', 'pod', pod.name, '--timeout=60s'])
  await eventually(
    ctx,
    async () => {
      const now = await readKubeProxy(ctx, server)
      const pods = now?.pods.filter((one) => one.node === pod.node && !one.outdated && one.ready) ?? []
      if (now === undefined || pods.length === 0) return [`kube-proxy of ${pod.node} is not ready`]
      return lacking(ctx)({ ...now, pods })
    },
    { seconds: timeout, hint: 'check it: kubectl -n kube-system logs -l k8s-app=kube-proxy' },
  )
}

/** Lets kube-proxy of all nodes use another endpoint. */
export const endpointKubeProxy = defineTask({
  name: 'endpoint-kube-proxy',
  description:
    'Puts another endpoint into the kubeconfig of kube-proxy, and restarts its pods, first one and then the others one after the other, on all nodes of the cluster. Each must have read the Services since; if one does not, the former endpoint comes back.',
  reads:
    'the ConfigMap kube-proxy, its pods and its DaemonSet, the metrics of kube-proxy on each node, and the record of the move; nothing where the cluster does not have kube-proxy',
  example: { to: 'api.example.org:6443', masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      ...moveParams(),
      timeout: duration().default(600).describe('seconds until all pods must work'),
      steady: duration({ zero: true }).default(10).describe('seconds for which all pods must keep working'),
    }),
  title: ({ to }) => `kube-proxy uses ${to}`,
  makes: () => [movedReferences],

  async check(ctx, given) {
    const { move, found, wrong, outdated, fresh } = await readState(ctx, given)
    // pods that others have left outdated are restarted by reconfigure
    if (move.from.length === 0 || found === undefined) return ok()
    const bad = await withoutRules(ctx, found, fresh)
    if (wrong.length > 0 && bad.length > 0)
      throw new CoxswainError('task-failed', 'kube-proxy does not work on all nodes before it is moved', {
        output: bad.map(({ node, why }) => `${node}: ${why}`).join('\n'),
        hint: 'repair it first: kubectl -n kube-system logs -l k8s-app=kube-proxy; its ConfigMap was not changed',
      })
    return driftUnlessEmpty([
      ...wrong.map((from) => ({ what: 'server in the ConfigMap kube-proxy', from, to: move.to })),
      ...outdated.map(({ node }) => ({
        what: `kube-proxy of ${node}`,
        from: 'started before its configuration was changed',
        to: 'restarted',
      })),
      ...bad.map(({ node, why }) => ({ what: `kube-proxy of ${node}`, from: why, to: 'restarted' })),
    ])
  },

  async apply(ctx, given) {
    const { server, move, text, wrong, found } = await readState(ctx, given)
    const waiting = { server, timeout: given.timeout, steady: given.steady }
    if (wrong.length > 0) await put(ctx, server, withEndpoint(text, move))
    try {
      await tryOne(ctx, { server, found }, given)
      await restartAll(ctx, waiting, lacking(ctx))
    } catch (error) {
      const [first] = move.from
      if (!isCoxswainError(error) || error.code !== 'wait-timeout' || first === undefined) throw error
      ctx.log('the former endpoint of kube-proxy is put back')
      // an interrupted run can have written it
      const former = wrong.length > 0 ? text : withEndpoint(text, { from: [move.to], to: first })
      await put(ctx, server, former)
      const back = await asked(() => restartAll(ctx, waiting))
      throw new CoxswainError(
        'task-failed',
        `kube-proxy does not work with ${move.to}, so the former endpoint was put back${back.known ? '' : `, and its pods do not all run with that (${back.why})`}: ${error.message}`,
        {
          hint: 'check its logs, and HTTPS_PROXY and NO_PROXY in its DaemonSet: kubectl -n kube-system get daemonset kube-proxy -o yaml; then run again',
          cause: error,
        },
      )
    }
  },
})
