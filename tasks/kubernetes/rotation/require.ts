/** What must hold on all nodes before an authority signs, and before the former one is not trusted any more. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { pki, restartsPath } from '../kubeadm/paths.ts'
import { isAt } from './bundle.ts'
import { rotationOf, rotationsOf } from './rotation.ts'
import type { Authority } from './rotation.ts'
import { hasNewKubelet, unsigned } from './signed.ts'

const onAll = async <Result>(
  ctx: CheckContext,
  names: readonly string[],
  ask: (on: CheckContext, name: string) => Promise<Result[]>,
): Promise<Result[]> => {
  const all = names.map(async (name) => ask(name === ctx.host.name ? ctx : await ctx.on(name), name))
  return (await Promise.all(all)).flat()
}

/**
 * Checks that all control-plane nodes trust a new authority, and were restarted since.
 *
 * @throws `task-failed` with the node that does not; a connection error for one that cannot be reached.
 */
export const requireTrusted = async (
  ctx: CheckContext,
  authority: Authority,
  masters: readonly string[],
): Promise<void> => {
  const problems = await onAll(ctx, masters, async (on, name) => {
    const [rotation, restarts] = await Promise.all([
      rotationOf(on, authority),
      name === ctx.host.name ? undefined : on.remote.read(restartsPath),
    ])
    if (!isAt(rotation?.stage, 'both')) return [`${name} does not trust the new authority`]
    return restarts === undefined ? [] : [`static pods of ${name} must be restarted`]
  })
  if (problems.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `the new authority ${authority} does not sign yet: ${problems.join('; ')}`,
    {
      hint: 'run rotate-ca again without --limit, --tags and --start-at-task',
    },
  )
}

/** The names of the nodes of the cluster. While kubeadm renews kubeconfigs, they do not trust what the API server has yet: ca.crt does. */
const nodesOf = async (ctx: CheckContext, server: string): Promise<string[]> => {
  const format = String.raw`jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}`
  const words = ['get', 'nodes', '--certificate-authority', `${pki}/ca.crt`, '-o', format]
  return (await kubectl(ctx, words, server).text()).split('\n').filter(Boolean)
}

/**
 * Checks that every node of the cluster is a control-plane node of the inventory: the kubelets of others are not given the new authority.
 *
 * @throws `task-failed` with the names of the others.
 */
export const requireOnlyMasters = async (
  ctx: CheckContext,
  masters: readonly string[],
  server: string,
): Promise<void> => {
  const others = (await nodesOf(ctx, server)).filter((name) => !masters.includes(name))
  if (others.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `when the authority of the cluster is replaced, ${others.join(', ')} would be cut off: not masters of the inventory`,
    {
      hint: `workers are not given the new authority yet. Take ${others.join(', ')} out of the cluster, run again, and let them join again when the run has ended; or leave the authority of the cluster out: -e 'rotate_ca=["etcd","front-proxy"]'`,
    },
  )
}

/** The control-plane nodes of a cluster. */
export interface Nodes {
  readonly masters: readonly string[]
  /** Whether earlier tasks of the run, under `--check`, would change the masters. */
  readonly predicted: boolean
}

/**
 * Checks that no node needs the former authority any more.
 *
 * @throws `task-failed` with the node that does; a connection error for one that cannot be reached.
 */
export const requireReplaced = async (
  ctx: CheckContext,
  authority: Authority,
  nodes: Nodes,
  server: string,
): Promise<void> => {
  const problems = await onAll(ctx, nodes.predicted ? [] : nodes.masters, async (on, name) => {
    const rotation = await rotationOf(on, authority)
    // it has ended there
    if (rotation === undefined) return []
    const [missing, restarts, kubelet] = await Promise.all([
      unsigned(on, rotation),
      name === ctx.host.name ? undefined : on.remote.read(restartsPath),
      authority !== 'cluster' || hasNewKubelet(on, rotation),
    ])
    return [
      ...missing.map(({ what }) => `${name}: ${what} is not new`),
      ...(kubelet ? [] : [`${name}: its kubelet has a certificate of the former authority`]),
      ...(restarts === undefined ? [] : [`${name}: static pods must be restarted`]),
    ]
  })
  if (authority === 'cluster') await requireOnlyMasters(ctx, nodes.masters, server)
  if (problems.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `the former authority ${authority} is still needed: ${problems.join('; ')}`,
    { hint: 'run rotate-ca again without --limit, --tags and --start-at-task' },
  )
}

/**
 * Checks that all control-plane nodes trust new authorities alone, or have ended.
 *
 * @throws `task-failed` with the node that does not; a connection error for one that cannot be reached.
 */
export const requireNewAlone = async (
  ctx: CheckContext,
  authorities: readonly Authority[],
  masters: readonly string[],
): Promise<void> => {
  const problems = await onAll(ctx, masters, async (on, name) =>
    (await rotationsOf(on, authorities)).flatMap(({ authority, stage }) =>
      stage === 'new' ? [] : [`${name} still trusts the former authority ${authority}`],
    ),
  )
  if (problems.length === 0) return
  throw new CoxswainError('task-failed', problems.join('; '), {
    hint: 'run rotate-ca again without --limit, --tags and --start-at-task',
  })
}
