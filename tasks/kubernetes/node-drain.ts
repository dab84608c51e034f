import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  duration,
  flag,
  isCoxswainError,
  ok,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { adminConf } from './kubeadm/paths.ts'
import { factsOf } from './kubeadm/versions.ts'
import { blockedPods, blockedText, readBudgets } from './nodes/budgets.ts'
import { cordonNode, cordonOf, findNode, nodeParams, requireNode, uncordonNode, viaOf } from './nodes/node.ts'
import type { NodeObject } from './nodes/node.ts'
import { podsToEvict } from './nodes/pods.ts'
import type { EvictedPod } from './nodes/pods.ts'

const params = () =>
  z.object({
    ...nodeParams(),
    timeout: duration().default(300).describe('seconds until all pods must be gone'),
    gracePeriod: duration({ zero: true })
      .optional()
      .describe('seconds that each pod gets to end; by default what the pod itself says'),
    deleteEmptyDirData: flag()
      .default(true)
      .describe('also evict pods with emptyDir volumes, whose data is lost'),
    force: flag().default(false).describe('also delete pods that no controller would make again elsewhere'),
    unreachable: z
      .enum(['refuse', 'cordon'])
      .default('refuse')
      .describe(
        'what to do with a node whose kubelet does not report: refuse, or only cordon it, because its pods cannot be ended',
      ),
    absent: z
      .enum(['refuse', 'accept'])
      .default('refuse')
      .describe(
        'what to do if the cluster does not have the node: it is an error, or there is nothing to do',
      ),
  })
type Params = z.output<ReturnType<typeof params>>

const names = (pods: readonly EvictedPod[]): string => pods.map(({ name }) => name).join(', ')

const refuse = ({ node }: Params, why: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', `${node} cannot be drained: ${why}`, { hint })

const budgetHint =
  'let the budget allow a disruption, give the workload another replica on another node, or delete the pod by hand; then run again'

/** @throws `task-failed` for pods that the drain must not or cannot evict, before anything is changed. */
const refusePods = async (via: CheckContext, pods: readonly EvictedPod[], given: Params): Promise<void> => {
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
const leavesPods = (node: NodeObject, given: Params): boolean => {
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
  given: Params,
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

const drain = async (via: ApplyContext, given: Params): Promise<void> => {
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
 * Cordons a node and evicts its pods, as `kubectl drain --ignore-daemonsets --delete-emptydir-data` does.
 *
 * PodDisruptionBudgets are respected. One that would never allow an eviction is refused before anything is changed. If the
 * drain fails, the node is uncordoned again, unless an administrator had cordoned it. A run that is interrupted leaves it
 * cordoned and marked: the next one goes on, and node-uncordon ends it.
 */
export const nodeDrain = defineTask({
  name: 'node-drain',
  description:
    'Cordons a node, marks it as node-cordon does, and evicts its pods, except static pods and those of DaemonSets. PodDisruptionBudgets are respected.',
  reads: 'the Node object, the pods of the node and the PodDisruptionBudgets, by kubectl',
  example: { node: 'm2' },
  params,
  title: ({ node }) => `node ${node} is drained`,
  makes: ({ node }) => [cordonOf(node)],

  async check(ctx, given) {
    const via = await viaOf(ctx, given.via)
    if (given.absent === 'accept' && (await findNode(via, given.node)) === undefined) return ok()
    const [node, all] = await Promise.all([requireNode(via, given.node), podsToEvict(via, given.node)])
    const pods = all.length === 0 || leavesPods(node, given) ? [] : all
    if (pods.length > 0) await refusePods(via, pods, given)
    return driftUnlessEmpty([
      ...(node.cordoned ? [] : [{ what: `node ${given.node}`, from: 'takes new pods', to: 'cordoned' }]),
      ...pods.map(({ name, emptyDir }) => ({
        what: `pod ${name}`,
        from: `on ${given.node}`,
        to: emptyDir ? 'evicted; the data in its emptyDir volumes is lost' : 'evicted',
      })),
    ])
  },

  async apply(ctx, given) {
    const via = await viaOf(ctx, given.via)
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
  },
})
