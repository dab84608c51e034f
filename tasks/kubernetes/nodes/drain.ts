/** Draining of a node: which pods it evicts, what it refuses, and what it takes back if it fails. */
import { CoxswainError, isCoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../../engine/index.ts'
import { counted } from '../../shared/counted.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { blockedPods, blockedText, readBudgets } from './budgets.ts'
import { cordonNode, requireNode, uncordonNode } from './node.ts'
import type { NodeObject } from './node.ts'
import { podsToEvict } from './pods.ts'
import type { EvictedPod } from './pods.ts'

/** What a drain evicts, and what it refuses. */
export interface DrainOptions {
  /** The name of the node. */
  readonly node: string
  /** Seconds until all pods must be gone. */
  readonly timeout: number
  /** Seconds that each pod gets to end; undefined for what the pod itself says. */
  readonly gracePeriod?: number | undefined
  /** Whether pods with emptyDir volumes are evicted as well. */
  readonly deleteEmptyDirData: boolean
  /** Whether pods are deleted that no controller would make again elsewhere. */
  readonly force: boolean
  /** What to do with a node whose kubelet does not report. */
  readonly unreachable: 'refuse' | 'cordon'
}

const names = (pods: readonly EvictedPod[]): string => pods.map(({ name }) => name).join(', ')

const refuse = ({ node }: DrainOptions, why: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', `${node} cannot be drained: ${why}`, { hint })

const budgetHint =
  'let the budget allow a disruption, give the workload another replica on another node, or delete the pod by hand; then run again'

/** @throws `task-failed` for pods that the drain must not or cannot evict, before anything is changed. */
const refusePods = async (
  via: CheckContext,
  pods: readonly EvictedPod[],
  given: DrainOptions,
): Promise<void> => {
  const alone = pods.filter(({ controlled, over }) => !controlled && !over)
  if (alone.length > 0 && !given.force)
    throw refuse(
      given,
      `no controller makes ${names(alone)} again`,
      'move or delete what runs there by hand, or set force=true to delete it',
    )
  const withData = pods.filter(({ emptyDir, over }) => emptyDir && !over)
  if (withData.length > 0 && !given.deleteEmptyDirData)
    throw refuse(
      given,
      `data in emptyDir volumes of ${names(withData)} would be lost`,
      'save it, or set deleteEmptyDirData=true',
    )
  const blocked = blockedPods(pods, await readBudgets(via)).filter(({ forever }) => forever)
  if (blocked.length > 0) throw refuse(given, blocked.map(blockedText).join('; '), budgetHint)
}

/** Whether the pods of a node are left, because no kubelet can end them. */
const leavesPods = (node: NodeObject, given: DrainOptions): boolean => {
  if (node.reports) return false
  if (given.unreachable === 'cordon') return true
  throw refuse(
    given,
    'its kubelet does not report, and only a kubelet ends pods',
    'start the kubelet; for a node that does not come back, set unreachable=cordon, and delete the Node',
  )
}

/** The flag for emptyDir volumes: it has had another name since 1.20. */
const emptyDirFlag = async ({ remote }: CheckContext): Promise<string> => {
  const text = await remote.query`kubectl version --client -o json`.text()
  const [, version = ''] = /"gitVersion":\s*"(v[^"]+)"/.exec(text) ?? []
  return factsOf(version).emptyDirFlag
}

/** Why a drain has failed, from the pods that are left. */
const failure = async (
  via: CheckContext,
  { output, why }: { readonly output: string; readonly why: string },
  given: DrainOptions,
): Promise<CoxswainError> => {
  const left = await podsToEvict(via, given.node)
  const blocked = blockedPods(left, await readBudgets(via))
  const terminating = left.filter(({ terminating: goes }) => goes)
  const said = [
    ...blocked.map(blockedText),
    ...(terminating.length === 0 ? [] : [`still ending: ${names(terminating)}`]),
  ]
  const message = said.length === 0 ? why : `${why}: ${said.join('; ')}`
  return new CoxswainError('task-failed', `${given.node} is not drained: ${message}`, {
    output,
    hint:
      blocked.length > 0
        ? budgetHint
        : `see what keeps them: kubectl get pods -A --field-selector spec.nodeName=${given.node}; then run again`,
  })
}

const drain = async (via: ApplyContext, given: DrainOptions): Promise<void> => {
  const { node, timeout, gracePeriod, force } = given
  const words = [
    '--ignore-daemonsets',
    // pods with emptyDir volumes have been looked at before
    await emptyDirFlag(via),
    ...(force ? ['--force'] : []),
    ...(gracePeriod === undefined ? [] : [`--grace-period=${gracePeriod}`]),
    `--timeout=${timeout}s`,
  ]
  const drained = await via.remote.run({
    timeout: timeout + 60,
  })`kubectl --kubeconfig ${adminConf} drain ${node} ${words}`.result()
  if (drained.ok) return
  throw await failure(
    via,
    {
      output: drained.stderr.trim() || drained.stdout.trim(),
      // kubectl's words (drain/drain.go)
      why: /timeout reached|timed out/.test(drained.stderr)
        ? `pods are left after ${timeout} s`
        : 'kubectl has failed',
    },
    given,
  )
}

/**
 * Uncordons the node of a failed drain, if the cordon was Coxswain's.
 *
 * @throws the error of the drain, always.
 */
const takeBack = async (via: ApplyContext, node: string, error: unknown): Promise<never> => {
  // after an interruption, no command can run: the next run goes on with the node as it is
  if (!isCoxswainError(error) || via.signal.aborted) throw error
  try {
    if (await uncordonNode(via, node)) via.log(`${node} takes new pods again`)
  } catch (second) {
    via.log(`${node} is still cordoned: ${String(second)}; run: kubectl uncordon ${node}`)
  }
  throw error
}

/**
 * What a drain changes.
 *
 * @throws `task-failed` for a node that the cluster does not have, and for pods that must not or cannot be evicted.
 */
export const drainChanges = async (via: CheckContext, given: DrainOptions): Promise<Change[]> => {
  const [node, all] = await Promise.all([requireNode(via, given.node), podsToEvict(via, given.node)])
  const pods = all.length === 0 || leavesPods(node, given) ? [] : all
  if (pods.length > 0) await refusePods(via, pods, given)
  return [
    ...(node.cordoned ? [] : [{ what: `node ${given.node}`, from: 'takes new pods', to: 'cordoned' }]),
    ...pods.map(({ name, emptyDir }) => ({
      what: `pod ${name}`,
      from: `on ${given.node}`,
      to: emptyDir ? 'evicted; the data in its emptyDir volumes is lost' : 'evicted',
    })),
  ]
}

/**
 * Cordons a node and evicts its pods.
 *
 * @param via a control-plane node, whose kubectl is used.
 * @throws `task-failed` with what keeps the pods. The node is then uncordoned again, unless an administrator had cordoned it.
 */
export const drainNode = async (ctx: ApplyContext, via: ApplyContext, given: DrainOptions): Promise<void> => {
  const { name } = await requireNode(via, given.node)
  await cordonNode(via, name)
  try {
    // as it is now: its kubelet could have ended since
    if (leavesPods(await requireNode(via, name), given)) return
    const pods = await podsToEvict(via, name)
    ctx.log(`evicting ${counted(pods.length, 'pod')} of ${name}`)
    await refusePods(via, pods, given)
    if (pods.length > 0) await drain(via, given)
  } catch (error) {
    await takeBack(via, name, error)
  }
}
