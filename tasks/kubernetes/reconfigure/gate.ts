/** What must work on a control-plane node after its files were changed. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { asked } from '../cluster-state/known.ts'
import { readNodes } from '../cluster-state/read-api.ts'
import { logsOf } from '../etcd/ways-out.ts'
import { ownServer } from '../kubeadm/kubectl.ts'
import { kubeletProblems } from '../kubeadm/kubelet.ts'
import { manifest } from '../kubeadm/paths.ts'
import { components, portOf } from '../kubeadm/pod-manifests.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import { missingFor, restartStaticPod } from '../kubeadm/restarts.ts'
import { releaseFormerPod } from '../kubeadm/static-pods.ts'
import { changedPods } from './former-files.ts'
import { runningPods, runsAs } from './running-pods.ts'
import { untilSteady } from './steady.ts'

/** How the gate waits. */
export interface Gate {
  readonly node: string
  readonly address: string
  readonly port: number
  /** Seconds until everything works. */
  readonly timeout: number
  /** Seconds for which everything must keep working. */
  readonly steady: number
  /** Seconds between two looks; 1 by default. */
  readonly every?: number
}

/** How often a program is started before it counts as one that cannot run. */
const mostStarts = 4

/** Manifests in place by their static pods. */
export const manifestsOf = async ({ remote }: CheckContext): Promise<Map<StaticPod, string>> => {
  const texts = await Promise.all(components.map((pod) => remote.read(manifest(pod))))
  return new Map(
    components.flatMap((pod, index) => {
      const text = texts[index]
      return text === undefined ? [] : [[pod, text] as const]
    }),
  )
}

/**
 * The static pods that do not run as their manifests say.
 *
 * @param fresh the static pods that must have been started since their manifest was changed: what a command line does not show, such as
 * volumes and images, only a new process has. For the others it is not asked: the date of a file can change without its content.
 */
export const notRunning = async (
  ctx: CheckContext,
  texts: ReadonlyMap<StaticPod, string>,
  fresh: readonly StaticPod[] = [],
): Promise<StaticPod[]> => {
  const running = await runningPods(ctx, [...texts.keys()])
  return [...texts].flatMap(([pod, text]) =>
    runsAs(running.get(pod), pod, text, fresh.includes(pod)) ? [] : [pod],
  )
}

/** What is missing on a control-plane node: pods that do not run as their manifests say, or do not work; the kubelet; the node. */
const missingOn = async (
  ctx: CheckContext,
  texts: ReadonlyMap<StaticPod, string>,
  { node, address, port }: Gate,
): Promise<string[]> => {
  const others = await notRunning(ctx, texts, await changedPods(ctx))
  if (others.length > 0)
    return others.map((pod) => `${pod} of ${ctx.host.name} does not run as its manifest says`)
  for (const [pod, text] of texts) {
    const words = await missingFor(ctx, pod, text, portOf(pod, text))
    if (words.length > 0) return words
  }
  const kubelet = await kubeletProblems(ctx)
  if (kubelet.length > 0) return kubelet
  const nodes = await asked(() => readNodes(ctx, ownServer(address, port)))
  if (!nodes.known) return [nodes.why]
  return nodes.value.some(({ name, ready }) => name === node && ready) ? [] : [`node ${node} is not Ready`]
}

/** Restarts the static pods whose change the kubelet takes for none, as that of a value to the one by default: they run as before. */
const restartUnnoticed = async (ctx: ApplyContext, texts: ReadonlyMap<StaticPod, string>): Promise<void> => {
  const others = await notRunning(ctx, texts)
  const old = await notRunning(ctx, texts, await changedPods(ctx))
  for (const pod of old) if (!others.includes(pod)) await restartStaticPod(ctx, pod)
}

/** Restarts the kubelet where it cannot remove a former static pod, every this many looks. */
const looksPerKubelet = 30

/**
 * Waits until a control-plane node works with the files that are in place.
 *
 * @throws `wait-timeout` if it does not in time, `task-failed` for a program that is started again and again.
 */
export const waitForMaster = async (ctx: ApplyContext, gate: Gate): Promise<void> => {
  const texts = await manifestsOf(ctx)
  const pods = [...texts.keys()]
  const before = await runningPods(ctx, pods)
  let looks = 0
  const missing = async (): Promise<readonly string[]> => {
    looks += 1
    const words = await missingOn(ctx, texts, gate)
    if (words.length === 0) return []
    const now = await runningPods(ctx, pods)
    const restless = pods.find(
      (pod) =>
        !runsAs(now.get(pod), pod, texts.get(pod) ?? '') &&
        (now.get(pod)?.starts ?? 0) - (before.get(pod)?.starts ?? 0) >= mostStarts,
    )
    if (restless !== undefined)
      throw new CoxswainError('wait-timeout', `${restless} of ${ctx.host.name} ends after each start`, {
        hint: `check it on ${ctx.host.name}: ${logsOf(restless)}`,
      })
    if (looks % looksPerKubelet === 0) {
      for (const pod of pods) await releaseFormerPod(ctx, pod)
      await restartUnnoticed(ctx, texts)
    }
    return words
  }
  await untilSteady(ctx, gate.steady, missing, {
    seconds: gate.timeout,
    every: gate.every ?? 1,
    hint: `check it on ${ctx.host.name}: journalctl -u kubelet; tail /var/log/pods/kube-system_*/*/*.log`,
  })
}
