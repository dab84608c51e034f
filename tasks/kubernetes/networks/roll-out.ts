/** The rollout of a changed pod network, one node after the other. */
import { CoxswainError, isCoxswainError } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { eventually } from '../../shared/eventually.ts'
import { adminConf } from '../kubeadm/paths.ts'
import type { DaemonSet } from '../pod-networks.ts'
import { untilSteady } from '../reconfigure/steady.ts'
import { withTestPods } from '../smoke/test-pods.ts'
import type { RunningPods } from '../smoke/test-pods.ts'
import { tryAll } from '../smoke/trials.ts'
import { networkNodes } from './network-nodes.ts'
import { runningSets } from './network-pods.ts'
import type { NetworkPod, RunningSet } from './network-pods.ts'

/** What is rolled out, and how it is judged. */
export interface Rollout {
  readonly sets: readonly DaemonSet[]
  /** Pods, as `namespace/name`, that are started again although their DaemonSet is the same. */
  readonly outdated: readonly string[]
  /** The image of pods that try the network before the first node and after each of them; undefined for none. */
  readonly testImage?: string | undefined
  /**
   * Whether an earlier rollout was interrupted, or has failed: the network can be broken on some nodes, so it is tried only when all
   * nodes have the new pods.
   */
  readonly goesOn: boolean
  /** Seconds to wait for the pods of a node. */
  readonly timeout: number
  /** Seconds for which they must be ready. */
  readonly steady: number
}

/** How often a pod is started before it counts as one that cannot run. */
const mostRestarts = 3

type Outdated = Pick<Rollout, 'outdated'>

const isOutdated = (pod: NetworkPod, { outdated }: Outdated): boolean =>
  !pod.current || outdated.includes(pod.name)

/** The nodes with pods that are to be replaced. */
const outdatedNodes = (sets: readonly RunningSet[], given: Outdated): string[] => {
  const nodes = sets.flatMap(({ pods }) =>
    pods.filter((pod) => isOutdated(pod, given)).map(({ node }) => node),
  )
  return [...new Set(nodes)].toSorted()
}

const hint =
  'see what they log: kubectl -n NAMESPACE logs POD --all-containers; kubectl describe shows their events'

/** What a node lacks until the new pods work there. */
const missingOn = async (ctx: ApplyContext, node: string, given: Rollout): Promise<string[]> => {
  const sets = await runningSets(ctx, given.sets)
  const words = sets.flatMap(({ name, pods }) => {
    const here = pods.filter((pod) => pod.node === node)
    const fresh = here.filter((pod) => !isOutdated(pod, given))
    const failed = fresh.find(({ ready, restarts }) => !ready && restarts >= mostRestarts)
    if (failed !== undefined)
      throw new CoxswainError('wait-timeout', `the pod ${failed.name} ends after each start`, { hint })
    if (here.some((pod) => isOutdated(pod, given))) return [`the former pod of ${name} has not ended`]
    if (fresh.length === 0) return [`${name} has not started a new pod`]
    return fresh.filter(({ ready }) => !ready).map((pod) => `the pod ${pod.name} is not ready`)
  })
  if (words.length > 0) return words
  const found = (await networkNodes(ctx)).find(({ name }) => name === node)
  return found === undefined || found.ready ? [] : [`the node is not Ready: ${found.message}`]
}

/** Replaces the pods of a node, and waits until the network works there. */
const turn = async (
  ctx: ApplyContext,
  node: string,
  given: Rollout,
  tests: RunningPods | undefined,
): Promise<void> => {
  const pods = (await runningSets(ctx, given.sets)).flatMap((set) =>
    set.pods.filter((pod) => pod.node === node && isOutdated(pod, given)),
  )
  for (const { name } of pods) {
    const [namespace = '', pod = ''] = name.split('/')
    await ctx.remote.run({
      timeout: 150,
    })`kubectl --kubeconfig ${adminConf} -n ${namespace} delete pod ${pod} --ignore-not-found --timeout=120s`
  }
  await untilSteady(ctx, given.steady, () => missingOn(ctx, node, given), {
    seconds: given.timeout,
    every: 1,
    hint,
  })
  if (tests === undefined) return
  await tests.restart(node)
  await tryAll(ctx, await tests.trials(node))
}

/** What to do when the network does not work on a node. */
const failed = (node: string, rest: readonly string[], error: CoxswainError): CoxswainError =>
  new CoxswainError(
    'task-failed',
    `the pod network does not work on ${node} with the new manifest: ${error.message}`,
    {
      output: error.output,
      hint: `${rest.length === 0 ? '' : `${rest.join(', ')} ${rest.length === 1 ? 'keeps its' : 'keep their'} former pods; `}correct the manifest, or set the former one again, and run again: it begins with this node; ${error.hint}`,
      cause: error,
    },
  )

const each = async (
  ctx: ApplyContext,
  nodes: readonly string[],
  given: Rollout,
  tests?: RunningPods,
): Promise<void> => {
  for (const [index, node] of nodes.entries()) {
    ctx.log(`${node}: its pods of the network are replaced (${index + 1} of ${nodes.length})`)
    try {
      await turn(ctx, node, given, tests)
    } catch (error) {
      if (!isCoxswainError(error) || ctx.signal.aborted) throw error
      throw failed(node, nodes.slice(index + 1), error)
    }
  }
}

/** Tries the network as it is: what does not work before the change cannot show whether the change is good. */
const tryBefore = async (ctx: ApplyContext, tests: RunningPods): Promise<void> => {
  const trials = await tests.trials()
  try {
    await tryAll(ctx, trials)
  } catch (error) {
    if (!isCoxswainError(error) || ctx.signal.aborted) throw error
    throw new CoxswainError('task-failed', `the pod network does not work as it is: ${error.message}`, {
      output: error.output,
      hint: 'repair it first, or leave out the trials to repair it with this manifest: no testImage (the playbook: -e cni_test=false); nothing was changed',
      cause: error,
    })
  }
  ctx.log(`${trials.length} trials succeeded before the change`)
}

/** Waits until the controller has seen the DaemonSets, and returns the nodes whose pods are to be replaced. */
const nodesInTurn = async (ctx: ApplyContext, given: Rollout): Promise<string[]> => {
  const unseen = async (): Promise<string[]> =>
    (await runningSets(ctx, given.sets)).flatMap(({ name, seen }) =>
      seen ? [] : [`DaemonSet ${name} has not been processed yet`],
    )
  await eventually(ctx, unseen, {
    seconds: 60,
    every: 1,
    hint: 'check the controller manager: run playbooks/status.ts',
  })
  return outdatedNodes(await runningSets(ctx, given.sets), given)
}

/**
 * Changes DaemonSets, and replaces those of their pods that are not of the new form, one node after the other.
 *
 * It stops at the first node on which the network does not work.
 *
 * @param change must leave the DaemonSets with the update strategy OnDelete.
 * @throws `task-failed` with the node, what is wrong there, and which nodes keep their former pods.
 */
export const rollOut = async (
  ctx: ApplyContext,
  given: Rollout,
  change: () => Promise<void>,
): Promise<void> => {
  const { testImage, timeout } = given
  if (testImage === undefined || given.goesOn) {
    await change()
    await each(ctx, await nodesInTurn(ctx, given), given)
  }
  if (testImage === undefined) return
  const setting = 'testImage (the playbook: -e cni_test_image=…)'
  await withTestPods(ctx, { image: testImage, timeout, setting }, async (tests) => {
    if (!given.goesOn) {
      await tryBefore(ctx, tests)
      await change()
      await each(ctx, await nodesInTurn(ctx, given), given, tests)
    }
    const trials = await tests.trials()
    await tryAll(ctx, trials)
    ctx.log(`${trials.length} trials succeeded after the change`)
  })
}
