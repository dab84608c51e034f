import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { cordonNode, cordonOf, nodeParams, requireNode, viaOf } from './nodes/node.ts'

/**
 * Cordons a node: it does not take new pods.
 *
 * The annotation `coxswain/cordoned` says that it was Coxswain, so that node-uncordon uncordons it, and not a node that an
 * administrator has cordoned.
 */
export const nodeCordon = defineTask({
  name: 'node-cordon',
  description:
    'Cordons a node, so that it does not take new pods, and marks it with the annotation coxswain/cordoned.',
  reads: 'the Node object, by kubectl',
  example: { node: 'm2' },
  params: () => z.object(nodeParams()),
  title: ({ node }) => `node ${node} is cordoned`,
  makes: ({ node }) => [cordonOf(node)],

  async check(ctx, { node, via }) {
    const { cordoned } = await requireNode(await viaOf(ctx, via), node)
    return cordoned ? ok() : drift({ what: `node ${node}`, from: 'takes new pods', to: 'cordoned' })
  },

  async apply(ctx, { node, via }) {
    await cordonNode(await viaOf(ctx, via), node)
  },
})
