import { defineTask, drift, flag, ok, words, z } from '../../engine/index.ts'
import type { CheckContext, Verdict } from '../../engine/index.ts'
import { hasDataOfEtcd } from './etcd/data.ts'
import { accountOf } from '../system/accounts/account.ts'
import { leaveCluster, refuseLoss } from './kubeadm/leave-cluster.ts'
import { resetWords } from './kubeadm/kubeadm.ts'
import {
  adminConf,
  etcdData,
  kubeconfigs,
  kubeletConfig,
  manifests,
  pki,
  replacedFolder,
} from './kubeadm/paths.ts'
import { networkConfigurations } from './networks/configurations.ts'
import { podDevices } from './reset/devices.ts'
import { leftovers } from './reset/reset-host.ts'
import { flushRules, kubernetesRules } from './reset/rules.ts'
import { undoKubeadm } from './reset/undo-kubeadm.ts'

/** Traces of kubeadm on a host. On a host without them, nothing is changed. */
const traces = {
  paths: [...kubeconfigs, kubeletConfig, '/etc/coxswain'],
  // the kubelet's package creates the folder, so only its content counts
  folders: [manifests, pki],
}

const hasContent = async ({ remote }: CheckContext, path: string): Promise<boolean> =>
  ((await remote.list(path)) ?? []).length > 0

/** The items for which a test succeeds. */
const itemsWith = async (
  things: readonly string[],
  holds: (thing: string) => Promise<boolean>,
): Promise<string[]> => {
  const answers = await Promise.all(things.map(holds))
  return things.filter((_, index) => answers[index] === true)
}

/** Kubeconfigs of users that are copies of this cluster's; those of other clusters are kept. */
const copiesOf = async (ctx: CheckContext, users: readonly string[]): Promise<string[]> => {
  const sum = await ctx.remote.sha256(adminConf)
  if (sum === undefined) return []
  const homes = await Promise.all(users.map((user) => accountOf(ctx, user)))
  return itemsWith(
    homes.map(({ home }) => `${home}/.kube/config`),
    async (path) => (await ctx.remote.sha256(path)) === sum,
  )
}

/** What is on a host. */
interface Found {
  /** What a reset removes; empty if there are no traces of kubeadm. */
  readonly there: readonly string[]
  /** What a node leaves, on a host without such traces: it can be of something else, so it is named, and stays. */
  readonly left: readonly string[]
}

const found = async (ctx: CheckContext, users: readonly string[]): Promise<Found> => {
  const exists = (path: string): Promise<boolean> => ctx.remote.exists(path)
  const filled = (path: string): Promise<boolean> => hasContent(ctx, path)
  const [paths, folders, data, removed, emptied, networks, devices, copies, rules] = await Promise.all([
    itemsWith(traces.paths, exists),
    itemsWith(traces.folders, filled),
    hasDataOfEtcd(ctx),
    itemsWith(leftovers.removed, exists),
    itemsWith(leftovers.emptied, filled),
    networkConfigurations(ctx),
    podDevices(ctx),
    copiesOf(ctx, users),
    kubernetesRules(ctx),
  ])
  const named = devices.map((name) => `network device ${name}`)
  if (paths.length + folders.length === 0 && !data)
    return { there: [], left: [...new Set([...removed, ...emptied, ...networks, ...named, ...rules])] }
  const there = [
    ...new Set([
      ...paths,
      ...folders,
      ...(data ? [etcdData] : []),
      ...removed,
      ...emptied,
      ...networks,
      ...named,
      ...rules,
      ...copies,
    ]),
  ]
  return { there, left: [] }
}

/** Resets a control-plane node or worker to its state before kubeadm. */
export const resetNode = defineTask({
  name: 'reset-node',
  description:
    'Removes a node from its cluster, its etcd member first, and undoes what kubeadm did on the host.',
  reads: 'what kubeadm, kube-proxy and pod networks left on the host, and the members of etcd',
  example: { address: '10.0.0.12' },
  params: () =>
    z.object({
      address: z.string().describe('the address that the node advertises'),
      masters: z
        .string()
        .default('masters')
        .describe(
          'the control-plane nodes, as a host pattern; one of them removes the etcd member of this node',
        ),
      last: flag()
        .default(false)
        .describe('allow this to be the last control-plane node; the cluster then no longer exists'),
      force: flag().default(false).describe('reset the node even if etcd loses its quorum or its last data'),
      users: words().default(['root']).describe('the users whose copies of the kubeconfig are removed'),
      flushIptables: flag()
        .default(false)
        .describe(
          'also remove all rules of iptables and ip6tables, including those of other programs, and accept what they would have dropped; rules of Kubernetes are always removed',
        ),
      criSocket: z
        .string()
        .optional()
        .describe('the CRI socket, if several container runtimes are installed'),
    }),
  title: ({ address }) => `nothing of kubeadm at ${address}`,

  async check(ctx, given): Promise<Verdict<string | undefined>> {
    const { there, left } = await found(ctx, given.users)
    if (there.length === 0)
      return ok(
        left.length === 0
          ? undefined
          : `nothing of kubeadm is left, so these were not removed: ${left.join(', ')}; if they are of a former node, remove them by hand`,
      )
    await refuseLoss(ctx, given)
    // snapshots of etcd from before a rotation cannot be read without them
    const kept = ((await ctx.remote.list(replacedFolder)) ?? []).filter((name) =>
      name.startsWith('encryption-'),
    )
    return drift(
      ...there.map((what) => ({ what, from: 'present', to: 'removed' })),
      ...kept.map((name) => ({
        what: `former keys: ${replacedFolder}/${name}`,
        from: 'present',
        to: 'removed',
      })),
    )
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const reset = await resetWords(ctx, given.criSocket)
    await leaveCluster(ctx, given)
    // while admin.conf still exists for the comparison
    for (const path of await copiesOf(ctx, given.users)) await remote.remove(path)
    await undoKubeadm(ctx, reset)
    if (given.flushIptables) await flushRules(ctx)
    await remote.remove('/etc/coxswain', { recursive: true })
  },
})
