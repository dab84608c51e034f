/** Restarts of the static pods of a control-plane node, one after the other. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { eventually } from '../../shared/eventually.ts'
import { hostInUrl } from '../../network/addresses/addresses.ts'
import { allRespond, quorumAfter } from '../etcd/arithmetic.ts'
import { etcdProblems } from '../etcd/health.ts'
import { ownMemberId } from '../etcd/members.ts'
import type { Member } from '../etcd/members.ts'
import { requireAll } from '../etcd/require-all.ts'
import { logsOf } from '../etcd/ways-out.ts'
import { apiReady } from './kubectl.ts'
import { releaseFormerPod } from './static-pods.ts'
import { components, flagIn, portOf } from './pod-manifests.ts'
import type { StaticPod } from './pod-manifests.ts'
import { manifest, manifests, movedManifests, restartsPath } from './paths.ts'

const restartProgram = shellFile(import.meta.url, 'restart-static-pod.sh')

const movedManifest = (pod: StaticPod): string => `${movedManifests}/${pod}.yaml`

/** The text of a pod's manifest, wherever it is. */
export const manifestText = async ({ remote }: CheckContext, pod: StaticPod): Promise<string | undefined> => {
  const [there, moved] = await Promise.all([remote.read(manifest(pod)), remote.read(movedManifest(pod))])
  return there ?? moved
}

/** The static pods that a host has, also one that an interrupted run has stopped. */
export const staticPodsOf = async (ctx: CheckContext): Promise<StaticPod[]> => {
  const texts = await Promise.all(components.map((pod) => manifestText(ctx, pod)))
  return components.filter((_, index) => texts[index] !== undefined)
}

/** The static pods that an interrupted run has stopped: their manifests are not in place. */
export const stoppedPods = async ({ remote }: CheckContext): Promise<StaticPod[]> => {
  const moved = await Promise.all(components.map((pod) => remote.exists(movedManifest(pod))))
  return components.filter((_, index) => moved[index])
}

/**
 * Lets the kubelet start a static pod that an interrupted run has stopped: puts its manifest back. One that is in place is newer. It
 * does not wait.
 */
export const putManifestBack = async ({ remote }: ApplyContext, pod: StaticPod): Promise<void> => {
  if (await remote.exists(manifest(pod))) await remote.remove(movedManifest(pod))
  else await remote.run`mv ${movedManifest(pod)} ${manifest(pod)}`
}

/**
 * The static pods that must be restarted: those that are recorded, and those that an interrupted run has stopped.
 *
 * @param alsoStopped false leaves the latter out.
 */
export const podsToRestart = async (ctx: CheckContext, alsoStopped = true): Promise<StaticPod[]> => {
  const [recorded, moved] = await Promise.all([ctx.remote.read(restartsPath), stoppedPods(ctx)])
  const stopped = alsoStopped ? moved : []
  const listed = new Set((recorded ?? '').split('\n'))
  return components.filter((pod) => listed.has(pod) || stopped.includes(pod))
}

/** Records the static pods that must be restarted, for the next run if this one is interrupted. */
export const recordRestarts = async ({ remote }: ApplyContext, pods: readonly StaticPod[]): Promise<void> => {
  await remote.makeDirectory('/etc/coxswain')
  await (pods.length === 0
    ? remote.remove(restartsPath)
    : remote.write(restartsPath, `${pods.join('\n')}\n`, { mode: '0600' }))
}

/** Whether the controller manager or the scheduler of a host is healthy; everyone can ask that (kubeadm's own manifests do). */
const isHealthy = async ({ remote }: CheckContext, address: string, port: number): Promise<boolean> => {
  const server = `https://${hostInUrl(address)}:${port}`
  const url = `${server}/healthz`
  const kubectl = ['--kubeconfig=/dev/null', '--insecure-skip-tls-verify', '--request-timeout=5s']
  // a host without curl has kubectl
  const { stdout } = await remote.query({
    timeout: 15,
  })`curl -qskf --noproxy '*' --max-time 5 ${url} || kubectl ${kubectl} --server ${server} get --raw /healthz`.result()
  return stdout === 'ok'
}

/** What a static pod that was restarted still lacks; nothing if it works. */
export const missingFor = async (
  ctx: CheckContext,
  pod: StaticPod,
  text: string,
  port: number,
): Promise<string[]> => {
  if (pod === 'etcd') return etcdProblems(ctx)
  const isReady =
    pod === 'kube-apiserver'
      ? await // its certificate names this address, which kubectl checks, and not that of the loopback device
        apiReady(ctx, flagIn(text, 'advertise-address') ?? '127.0.0.1', port)
      : await isHealthy(ctx, flagIn(text, 'bind-address') ?? '127.0.0.1', port)
  return isReady ? [] : [`${pod} of ${ctx.host.name} is not ready`]
}

/** How often a pod is looked at, every half second, before the kubelet is checked for the reason. */
const checksPerKubelet = 40

/** Waits until nothing is missing for a static pod whose manifest was put back. */
export const untilStarted = (
  ctx: ApplyContext,
  pod: StaticPod,
  missing: () => Promise<readonly string[]>,
): Promise<void> => {
  let looks = 0
  return eventually(
    ctx,
    async () => {
      looks += 1
      if (looks % checksPerKubelet === 0) await releaseFormerPod(ctx, pod)
      return missing()
    },
    {
      seconds: 300,
      every: 0.5,
      hint: `check it on ${ctx.host.name}: ${logsOf(pod)}; then run again`,
    },
  )
}

/** Waits until a static pod that was restarted works again. An etcd that was away for long first receives what it has missed. */
const waitUntilBack = (ctx: ApplyContext, pod: StaticPod, text: string, port: number): Promise<void> =>
  untilStarted(ctx, pod, () => missingFor(ctx, pod, text, port))

/** Waits until a static pod whose manifest is in place works. */
export const waitForPod = async (ctx: ApplyContext, pod: StaticPod): Promise<void> => {
  const text = (await manifestText(ctx, pod)) ?? ''
  await waitUntilBack(ctx, pod, text, portOf(pod, text))
}

/**
 * Checks that a static pod can be stopped: etcd only while all members are healthy.
 *
 * @returns the members; undefined for another pod, and for an etcd that an interrupted run has stopped.
 * @throws `task-failed` with the member that is not healthy.
 */
export const requireOthers = async (
  ctx: CheckContext,
  pod: StaticPod,
): Promise<readonly Member[] | undefined> =>
  pod === 'etcd' && (await ctx.remote.exists(manifest(pod)))
    ? requireAll(ctx, `etcd on ${ctx.host.name} is not restarted`)
    : undefined

/** The arithmetic while the member of a host does not respond; all members are healthy. */
const awaySum = async (ctx: CheckContext, members: readonly Member[]): Promise<string> => {
  const id = (await ownMemberId(ctx)) ?? ''
  return quorumAfter(members, allRespond(members), {
    kind: 'away',
    id,
    while: `while ${ctx.host.name} restarts`,
  }).sum
}

/**
 * Restarts a static pod and waits until it works again.
 *
 * @throws `task-failed` if the kubelet does not stop it, or another member is not healthy.
 */
export const restartStaticPod = async (ctx: ApplyContext, pod: StaticPod): Promise<void> => {
  const { remote, host, log } = ctx
  const text = await manifestText(ctx, pod)
  // it was removed since
  if (text === undefined) return
  const members = await requireOthers(ctx, pod)
  if (members !== undefined) log(await awaySum(ctx, members))
  const port = portOf(pod, text)
  const words = [manifests, movedManifests, pod, port, 120]
  const { code, stderr } = await remote.run({
    timeout: 150,
    label: `restart the static pod ${pod}`,
  })`${shellProgram(restartProgram, ...words)}`.result()
  if (code !== 0)
    throw new CoxswainError(
      'task-failed',
      code === 101
        ? `the kubelet of ${host.name} did not stop ${pod} within 120 s after its manifest was moved away; it was put back`
        : `cannot restart ${pod} on ${host.name}: ${stderr.trim() || `exit status ${code}`}`,
      { hint: `check the kubelet on ${host.name}: journalctl -u kubelet; then run again` },
    )
  await waitUntilBack(ctx, pod, text, port)
}
