import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { labelDifference } from './nodes/kept.ts'
import { changeNode, nodeOrPredicted, nodeParams, viaOf } from './nodes/node.ts'

/** A name such as `example.com/pool`, as the API server accepts it. */
const labelName = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/

/** Labels of a node. */
export const labelsSchema = z
  .record(
    z.string(),
    z
      .string()
      .regex(
        /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/,
        'must have at most 63 letters, digits, -, _ and .',
      ),
  )
  .superRefine((labels, context) => {
    for (const key of Object.keys(labels))
      if (!labelName.test(key))
        context.addIssue({
          code: 'custom',
          path: [key],
          message:
            'its name must have letters, digits, -, _ and ., with or without a prefix in lower case such as example.com/',
        })
  })

/**
 * Sets labels of a node.
 *
 * The annotation `coxswain/labels` records them, so that one that is no longer wanted is removed, unless someone has changed it since.
 * Labels that are not among them stay as they are.
 */
export const nodeLabels = defineTask({
  name: 'node-labels',
  description:
    'Sets labels of a node, and removes those that this task has set before and that are no longer wanted. Labels of others stay.',
  reads: 'the Node object, by kubectl',
  example: { node: 'w1', labels: { 'example.com/pool': 'web' } },
  params: () => z.object({ ...nodeParams(), labels: labelsSchema.describe('the labels, by their names') }),
  title: ({ node }) => `labels of node ${node}`,

  async check(ctx, { labels, ...given }) {
    const node = await nodeOrPredicted(ctx, given, { labels: {}, annotations: {} })
    const difference = labelDifference(node, labels)
    return difference === undefined ? ok() : drift(...difference.changes)
  },

  async apply(ctx, { node, via, labels }) {
    await changeNode(await viaOf(ctx, via), node, (one) => labelDifference(one, labels)?.patch)
  },
})
