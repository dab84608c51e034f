import { CoxswainError, defineTask, driftUnlessEmpty, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { adminConf } from './kubeadm/paths.ts'
import { podNetworksOf } from './networks/other-network.ts'
import { podText, podsWithNetwork } from './networks/pods-with-network.ts'
import type { PodWithNetwork } from './networks/pods-with-network.ts'
import { networkNodes } from './networks/network-nodes.ts'
import { readRecord, recordText, removeRecord } from './networks/record.ts'

const params = () =>
  z.object({ nodes: words().describe('the nodes from which cni-leftovers has removed what was left') })
type Params = z.output<ReturnType<typeof params>>

/** @throws `task-failed` for nodes of the cluster that cni-leftovers did not see. */
const refuseOtherNodes = async (ctx: CheckContext, { nodes }: Params): Promise<void> => {
  const others = (await networkNodes(ctx)).map(({ name }) => name).filter((name) => !nodes.includes(name))
  if (others.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `the inventory lacks nodes on which the former pod network is left: ${others.join(', ')}`,
    {
      hint: `add them to masters or workers; or run cni-leftovers there, or delete their Node; then run again, which completes the removal`,
    },
  )
}

/** Pods with an address of the former network, whose controller makes others. */
const toRestart = async (ctx: CheckContext): Promise<PodWithNetwork[]> => {
  // from here on, addresses can be those of a network that others have installed
  if ((await podNetworksOf(ctx)).length > 0) return []
  return podsWithNetwork(ctx)
}

/**
 * Ends the removal of a pod network: deletes the pods that have an address of it, and the record of what was applied.
 *
 * Their kubelets can take the pods apart only when there is a network again, so they stay in the state Terminating until then.
 */
export const cniRemoved = defineTask({
  name: 'cni-removed',
  description:
    'Ends the removal of a pod network: deletes the pods that have an address of it and a controller that makes others, and the record of what was applied.',
  reads: 'the record of what was applied, the nodes, and the pods that have an address of the former network',
  example: { nodes: ['m1', 'm2', 'm3'] },
  params,
  title: () => 'the removal of the pod network is complete',

  async check(ctx, given) {
    const record = await readRecord(ctx)
    if (record?.state !== 'removing') return driftUnlessEmpty([])
    await refuseOtherNodes(ctx, given)
    const pods = (await toRestart(ctx)).filter(({ controlled }) => controlled)
    return driftUnlessEmpty([
      ...pods.map((pod) => ({
        what: `pod ${podText(pod)}`,
        from: 'with an address of the former network',
        to: 'deleted',
      })),
      { what: recordText, from: 'removing', to: 'removed' },
    ])
  },

  async apply(ctx) {
    const pods = await toRestart(ctx)
    for (const pod of pods) {
      if (pod.controlled)
        await ctx.remote.run({
          timeout: 60,
        })`kubectl --kubeconfig ${adminConf} -n ${pod.namespace} delete pod ${pod.name} --ignore-not-found --wait=false`
      else
        ctx.log(
          `no controller makes ${podText(pod)} again, so it was not deleted: it has no network until it is made again by hand`,
        )
    }
    await removeRecord(ctx)
  },
})
