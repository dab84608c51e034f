import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { taintSchema } from './kubeadm/component-settings.ts'
import { taintDifference } from './nodes/kept.ts'
import { changeNode, nodeOrPredicted, nodeParams, taintOf, viaOf } from './nodes/node.ts'

/** Taints of a node. */
export const taintsSchema = z.array(taintSchema).superRefine((taints, context) => {
  const places = taints.map(({ key, effect }) => `${key}:${effect}`)
  for (const [index, place] of places.entries())
    if (places.indexOf(place) < index)
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `the taint ${place} is there twice: a node has one of a key and an effect`,
      })
})

/**
 * Sets taints of a node.
 *
 * The annotation `coxswain/taints` records them, so that one that is no longer wanted is removed, unless someone has changed it since.
 * Taints that are not among them, such as those of the cluster's controllers, stay as they are.
 */
export const nodeTaints = defineTask({
  name: 'node-taints',
  description:
    'Sets taints of a node, and removes those that this task has set before and that are no longer wanted. Taints of others stay.',
  reads: 'the Node object, by kubectl',
  example: { node: 'w1', taints: [{ key: 'example.com/gpu', effect: 'NoSchedule' }] },
  params: () => z.object({ ...nodeParams(), taints: taintsSchema.describe('the taints') }),
  title: ({ node }) => `taints of node ${node}`,

  async check(ctx, { taints, ...given }) {
    // one that joins gets those that were predicted
    const joined = taints.filter((one) => ctx.predicted(taintOf(given.node, one)))
    const node = await nodeOrPredicted(ctx, given, { taints: joined, annotations: {} })
    const difference = taintDifference(node, taints)
    return difference === undefined ? ok() : drift(...difference.changes)
  },

  async apply(ctx, { node, via, taints }) {
    await changeNode(await viaOf(ctx, via), node, (one) => taintDifference(one, taints)?.patch)
  },
})
