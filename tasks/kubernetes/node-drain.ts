import { defineTask, driftUnlessEmpty, duration, flag, ok, z } from '../../engine/index.ts'
import { drainChanges, drainNode } from './nodes/drain.ts'
import { cordonOf, findNode, nodeParams, viaOf } from './nodes/node.ts'

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
    return driftUnlessEmpty(await drainChanges(via, given))
  },

  async apply(ctx, given) {
    await drainNode(ctx, await viaOf(ctx, given.via), given)
  },
})
