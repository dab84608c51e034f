import { defineTask, driftUnlessEmpty, duration, ok, words, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { hostMoveParams, movedReferences, ownEndpoint, readMove, serverOf } from './endpoint/move.ts'
import type { Asking } from './endpoint/move.ts'
import { viaOf } from './nodes/node.ts'
import { putFiles, readersToRestart } from './endpoint/put-files.ts'
import { requireRecords } from './endpoint/records.ts'
import { endpointFor, kubeconfigsOf, wrongIn } from './endpoint/references.ts'
import { withEndpoint } from './endpoint/servers.ts'
import { kubeletConf, kubeletRestartPath } from './kubeadm/paths.ts'
import { masterSchema } from './kubeadm/settings.ts'

/** The kubeconfigs of a host that refer to an endpoint that the cluster leaves, and their texts with the other one. */
const editsOf = async (
  ctx: CheckContext,
  on: CheckContext,
  given: Asking & { readonly users: readonly string[] },
) => {
  const move = await readMove(on, given)
  await requireRecords([on], move)
  const own = ownEndpoint(ctx, given)
  const files = await kubeconfigsOf(ctx, { users: given.users, from: move.from, own })
  const edits = files.flatMap((file) => {
    const wrong = wrongIn(file)
    if (wrong.length === 0) return []
    const to = endpointFor(file.path, move.to, own)
    const text = withEndpoint(file.text, { from: file.left, to })
    return [
      {
        path: file.path,
        former: file.text,
        text,
        change: { what: `server in ${file.path}`, from: wrong.join(', '), to },
      },
    ]
  })
  return { move, edits }
}

/** Lets everything on a node use another endpoint of its cluster. */
export const endpointKubeconfigs = defineTask({
  name: 'endpoint-kubeconfigs',
  description:
    'Puts another endpoint into the kubeconfigs of a node and of users on it, restarts its kubelet, and waits until the kubelet has renewed its lease since. What refers to other servers, such as the API server of the node itself, stays; a controller manager and a scheduler that used the former one get that, and are restarted. If the kubelet does not work, its former kubeconfig comes back.',
  reads: 'the kubeconfigs, what an interrupted run has left to be restarted, and the record of the move',
  example: { to: 'api.example.org:6443', node: 'm1', masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      ...hostMoveParams(),
      node: masterSchema.shape.name,
      users: words().default([]).describe('users of the host whose ~/.kube/config is moved as well'),
      timeout: duration().default(180).describe('seconds until the kubelet must have renewed its lease'),
    }),
  title: ({ node, to }) => `${node} uses ${to}`,
  makes: () => [movedReferences],

  async check(ctx, given) {
    // not a node yet, or not any more
    if (!(await ctx.remote.exists(kubeletConf))) return ok()
    const on = await viaOf<CheckContext>(ctx, given.via)
    const [{ edits }, pods, pending] = await Promise.all([
      editsOf(ctx, on, given),
      readersToRestart(ctx),
      ctx.remote.exists(kubeletRestartPath),
    ])
    return driftUnlessEmpty([
      ...edits.map(({ change }) => change),
      ...pods.map((pod) => ({
        what: `static pod ${pod}`,
        from: 'not restarted by an interrupted run',
        to: 'restarted',
      })),
      ...(pending
        ? [{ what: 'the kubelet', from: 'not restarted by an interrupted run', to: 'restarted' }]
        : []),
    ])
  },

  async apply(ctx, given) {
    const on = await viaOf<ApplyContext>(ctx, given.via)
    const { move, edits } = await editsOf(ctx, on, given)
    const reporting = { on, server: serverOf(on, given), node: given.node }
    await putFiles(ctx, edits, { move, reporting, seconds: given.timeout })
  },
})
