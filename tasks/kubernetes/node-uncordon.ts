import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { cordonOf, nodeOrPredicted, nodeParams, uncordonNode, viaOf } from './nodes/node.ts'

/**
 * Uncordons a node that Coxswain has cordoned.
 *
 * A node without the annotation `coxswain/cordoned` was cordoned by someone else, and stays so. An annotation that is left
 * on a node that takes pods, because someone ran kubectl uncordon, is removed. With it, a later cordon of an administrator counts as one
 * of Coxswain: whoever uncordons such a node by hand also removes the annotation (`kubectl annotate node NAME coxswain/cordoned-`).
 */
export const nodeUncordon = defineTask({
  name: 'node-uncordon',
  description:
    'Uncordons a node that node-cordon or node-drain has cordoned. A node that an administrator cordoned stays cordoned.',
  reads: 'the Node object, by kubectl',
  example: { node: 'm2' },
  params: () => z.object(nodeParams()),
  title: ({ node }) => `node ${node} is not cordoned by Coxswain`,

  async check(ctx, { node, via }) {
    const found = await nodeOrPredicted(ctx, { node, via }, undefined)
    if (found === undefined) return ok()
    const { cordoned, marked } = found
    // under --check, after a task that would cordon it; one that is cordoned without the annotation stays so
    const cordonPredicted = ctx.predicted(cordonOf(node)) && !cordoned
    if (!marked && !cordonPredicted) return ok()
    return drift({
      what: `node ${node}`,
      from: cordoned || cordonPredicted ? 'cordoned' : 'with the annotation of a cordoned node',
      to: 'takes new pods',
    })
  },

  async apply(ctx, { node, via }) {
    await uncordonNode(await viaOf(ctx, via), node)
  },
})
