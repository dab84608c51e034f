/** Puts another endpoint into the kubeconfigs of a node, and lets what reads them use it. */
import { CoxswainError, Secret, isCoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { eventually } from '../../shared/eventually.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { bootstrapConf, kubeletConf, kubeletRestartPath } from '../kubeadm/paths.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import { asked } from '../cluster-state/known.ts'
import { podsToRestart, recordRestarts, restartStaticPod } from '../kubeadm/restarts.ts'
import type { Move } from './move.ts'
import { withEndpoint } from './servers.ts'

/** A file that gets another text. */
export interface FileEdit {
  readonly path: string
  readonly former: string
  readonly text: string
}

/** The static pods that read a kubeconfig. */
export const readers: Readonly<Record<string, StaticPod>> = {
  '/etc/kubernetes/controller-manager.conf': 'kube-controller-manager',
  '/etc/kubernetes/scheduler.conf': 'kube-scheduler',
}

/** The files that a kubelet reads when it starts. */
const ofKubelet: ReadonlySet<string> = new Set([kubeletConf, bootstrapConf])

/** The static pods that read kubeconfigs, and that are to be restarted, as they are recorded on the host. */
export const readersToRestart = async (ctx: CheckContext): Promise<StaticPod[]> => {
  const own = Object.values(readers)
  return (await podsToRestart(ctx)).filter((pod) => own.includes(pod))
}

/** A Node as the cluster sees it. */
interface Reporting {
  /** A control-plane node. */
  readonly on: CheckContext
  /** The URL of its own API server. */
  readonly server: string
  readonly node: string
}

/** When the kubelet of a node has renewed its lease, and whether the node is Ready. */
const lastReport = async ({ on, server, node }: Reporting): Promise<{ renewed: string; ready: boolean }> => {
  const lease = [
    '-n',
    'kube-node-lease',
    'get',
    'lease',
    node,
    '--ignore-not-found',
    '-o',
    'jsonpath={.spec.renewTime}',
  ]
  const ready = ['get', 'node', node, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}']
  const [renewed, status] = await Promise.all([
    kubectl(on, lease, server).text(),
    kubectl(on, ready, server).text(),
  ])
  return { renewed: renewed.trim(), ready: status.trim() === 'True' }
}

/** How the kubelet is waited for. */
interface Waiting {
  readonly reporting: Reporting
  readonly seconds: number
  /** Whether the node must be Ready: it was so before. */
  readonly ready: boolean
}

/**
 * Restarts the kubelet of a node and waits until it has renewed its lease since: it reaches an API server.
 *
 * @throws `wait-timeout` if it does not.
 */
const restartKubelet = async (ctx: ApplyContext, { reporting, seconds, ready }: Waiting): Promise<void> => {
  const { node } = reporting
  await ctx.remote.run({ timeout: 120 })`systemctl restart kubelet`
  // the former kubelet has ended: what renews the lease from now on is the new one
  const first = await asked(() => lastReport(reporting))
  let before = first.known ? first.value.renewed : undefined
  await eventually(
    ctx,
    async () => {
      const report = await asked(() => lastReport(reporting))
      if (!report.known) return [`whether ${node} works is not known: ${report.why}`]
      before ??= report.value.renewed
      return [
        ...(report.value.renewed > before
          ? []
          : [`the kubelet of ${node} has not renewed its lease since it was restarted`]),
        ...(report.value.ready || !ready ? [] : [`node ${node} is not Ready`]),
      ]
    },
    { seconds, hint: wayOut(ctx) },
  )
}

const wayOut = ({ host }: ApplyContext): string =>
  `check the kubelet on ${host.name}: journalctl -u kubelet; then run again`

const write = async ({ remote }: ApplyContext, path: string, text: string): Promise<void> => {
  // kubeconfigs have private keys
  await remote.write(path, new Secret(text))
}

/** The kubeconfigs of a kubelet as they were before the move, where they are other ones now. */
const formerOfKubelet = async (
  { remote }: ApplyContext,
  edits: readonly FileEdit[],
  { from: [first], to }: Move,
): Promise<Pick<FileEdit, 'path' | 'former'>[]> => {
  const found = [...ofKubelet].map(async (path) => {
    const edit = edits.find((one) => one.path === path)
    if (edit !== undefined) return [edit]
    const text = await remote.read(path)
    if (text === undefined || first === undefined) return []
    // an interrupted run has written it
    const former = withEndpoint(text, { from: [to], to: first })
    return former === text ? [] : [{ path, former }]
  })
  return (await Promise.all(found)).flat()
}

/** Puts the kubeconfigs of a kubelet back that does not work with the new ones. @returns the error that says how that went. */
const putBack = async (
  ctx: ApplyContext,
  files: readonly Pick<FileEdit, 'path' | 'former'>[],
  waiting: Waiting,
  cause: CoxswainError,
): Promise<CoxswainError> => {
  ctx.log('the former kubeconfig of the kubelet is put back')
  let isThere = false
  const back = await asked(async () => {
    for (const { path, former } of files) await write(ctx, path, former)
    isThere = true
    await restartKubelet(ctx, waiting)
    await ctx.remote.remove(kubeletRestartPath)
  })
  const of = `the kubelet of ${ctx.host.name} does not work`
  return new CoxswainError(
    'task-failed',
    back.known
      ? `${of} with the new endpoint, so the former one was put back: ${cause.message}`
      : isThere
        ? `${of} with the new endpoint (${cause.message}), nor with the former one, which was put back: ${back.why}`
        : `${of} with the new endpoint (${cause.message}), and the former one could not be put back: ${back.why}`,
    { hint: wayOut(ctx), cause },
  )
}

/**
 * Puts kubeconfigs in place, in the order in which an interrupted run can be continued, and restarts what reads them. Files keep their
 * owner and mode.
 *
 * @throws `task-failed` if the kubelet does not work with the new endpoint; the former one is put back.
 */
export const putFiles = async (
  ctx: ApplyContext,
  edits: readonly FileEdit[],
  { move, reporting, seconds }: Omit<Waiting, 'ready'> & { readonly move: Move },
): Promise<void> => {
  const { remote } = ctx
  const edited = edits.flatMap(({ path }) => readers[path] ?? [])
  const restarts = edits.some(({ path }) => ofKubelet.has(path)) || (await remote.exists(kubeletRestartPath))
  const waiting = { reporting, seconds, ready: restarts && (await lastReport(reporting)).ready }
  await remote.makeDirectory('/etc/coxswain')
  const recorded = await podsToRestart(ctx, false)
  if (edited.length > 0) await recordRestarts(ctx, [...new Set([...recorded, ...edited])])
  if (restarts)
    await remote.write(kubeletRestartPath, 'the kubelet gets another endpoint; gone when it was restarted\n')
  for (const { path, text } of edits) await write(ctx, path, text)
  for (const pod of await readersToRestart(ctx)) {
    await restartStaticPod(ctx, pod)
    await recordRestarts(
      ctx,
      (await podsToRestart(ctx, false)).filter((one) => one !== pod),
    )
  }
  if (!restarts) return
  ctx.log(`restarting the kubelet of ${ctx.host.name}`)
  try {
    await restartKubelet(ctx, waiting)
  } catch (error) {
    if (!isCoxswainError(error) || error.code === 'interrupted' || ctx.signal.aborted) throw error
    const former = await formerOfKubelet(ctx, edits, move)
    throw former.length === 0 ? error : await putBack(ctx, former, waiting, error)
  }
  await remote.remove(kubeletRestartPath)
}
