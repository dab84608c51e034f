import { CoxswainError, defineTask, driftUnlessEmpty, isCoxswainError, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import {
  moveParams,
  moveRecord,
  movedReferences,
  ownEndpoint,
  readMove,
  recordedMove,
  serverOf,
} from './endpoint/move.ts'
import type { Asking, Move } from './endpoint/move.ts'
import { allRecords, contextOf } from './endpoint/records.ts'
import { leftInCluster, leftOnHost } from './endpoint/references.ts'
import { endpointMovePath, kubeletConf } from './kubeadm/paths.ts'
import { readNodes } from './cluster-state/read-api.ts'

const params = () =>
  z.object({
    ...moveParams(),
    workers: words().default([]).describe('the other nodes'),
    users: words()
      .default([])
      .describe('users of the control-plane nodes whose ~/.kube/config is moved as well'),
  })
type Params = z.output<ReturnType<typeof params>>

/** What a host still has of the former endpoints; that it could not be asked is a reason as well. */
const leftOf = async (
  ctx: CheckContext,
  name: string,
  { from }: Move,
  given: Asking & { readonly users: readonly string[]; readonly isNode: boolean },
): Promise<string[]> => {
  try {
    const on = await contextOf(ctx, name)
    // earlier tasks of the run would change it
    if (on.predicted(movedReferences)) return []
    if (!(await on.remote.exists(kubeletConf)))
      return given.isNode
        ? [`${name} does not have ${kubeletConf}, so what its kubelet connects to is not known`]
        : []
    return await leftOnHost(on, { users: given.users, from, own: ownEndpoint(on, given) })
  } catch (error) {
    if (!isCoxswainError(error) || error.code === 'interrupted') throw error
    return [`${name} could not be asked: ${error.message}`]
  }
}

/** Everything that still refers to endpoints that the cluster leaves. */
const allLeft = async (ctx: CheckContext, move: Move, given: Params): Promise<string[]> => {
  const masters = given.masters.map(({ name }) => name)
  const ours = [...masters, ...given.workers]
  const nodes = (await readNodes(ctx, serverOf(ctx, given))).map(({ name }) => name)
  const hosts = ours.map((name) => {
    const users = masters.includes(name) ? given.users : []
    return leftOf(ctx, name, move, { ...given, users, isNode: nodes.includes(name) })
  })
  const [cluster, ...left] = await Promise.all([
    ctx.predicted(movedReferences) ? [] : leftInCluster(ctx, move.from, given),
    ...hosts,
  ])
  return [
    ...cluster,
    ...left.flat(),
    ...nodes.flatMap((name) =>
      ours.includes(name) ? [] : [`${name} is not in the inventory, and was not asked`],
    ),
  ]
}

/** The masters that have a record of a move. */
const recordedOn = async (ctx: CheckContext, given: Params): Promise<string[]> => {
  const all = given.masters.map(async ({ name }) => {
    const on = await contextOf(ctx, name)
    return (await recordedMove(on)) !== undefined || on.predicted(moveRecord) ? [name] : []
  })
  return (await Promise.all(all)).flat()
}

/** Ends a move of the endpoint: proves that nothing refers to the former one any more, and removes the record. */
export const endpointMoveEnd = defineTask({
  name: 'endpoint-move-end',
  description:
    'Fails with the name of each file, ConfigMap and node that still refers to the former endpoint of a cluster, or that could not be asked; and removes the record of the move from all control-plane nodes where nothing does.',
  reads:
    'the kubeconfigs of all nodes, the ConfigMaps kubeadm-config, cluster-info and kube-proxy, and the nodes of the cluster',
  example: { to: 'api.example.org:6443', masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params,
  title: ({ to }) => `the cluster has moved to ${to}`,

  async check(ctx, given) {
    const [move, recorded] = await Promise.all([
      readMove(ctx, given, await allRecords(ctx, given)),
      recordedOn(ctx, given),
    ])
    const left = move.from.length === 0 ? [] : await allLeft(ctx, move, given)
    if (left.length > 0)
      throw new CoxswainError('task-failed', `the move to ${move.to} is not complete`, {
        output: left.join('\n'),
        hint: 'bring back what could not be asked, or remove it from the cluster (kubectl delete node, playbooks/remove-master.ts) and from the inventory; then run again, without --limit and --tags. The former endpoint must go on until then',
      })
    return driftUnlessEmpty(
      recorded.map((name) => ({ what: `${endpointMovePath} of ${name}`, from: 'present', to: undefined })),
    )
  },

  async apply(ctx, given) {
    for (const name of await recordedOn(ctx, given))
      if (name !== ctx.host.name) await (await ctx.on(name)).remote.remove(endpointMovePath)
    // the last one: it is asked by the next run if this one is interrupted
    await ctx.remote.remove(endpointMovePath)
  },
})
