import { CoxswainError, defineTask, drift, flag, ok, words, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { accountOf } from '../system/accounts/account.ts'
import { leaveCluster, refuseLoss } from './kubeadm/leave-cluster.ts'
import { resetWords } from './kubeadm/kubeadm.ts'
import { adminConf, etcdData, kubeconfigs, kubeletConfig, manifests, pki } from './kubeadm/paths.ts'

/** What shows that kubeadm was at work on a host. Where there is nothing of it, nothing is touched. */
const traces = {
  paths: [...kubeconfigs, kubeletConfig, etcdData, '/etc/coxswain'],
  // the kubelet's package makes the folder, so only what is in it tells
  folders: [manifests, pki],
}
/** What kubeadm reset leaves; others may mount or own some of the folders, so they stay and what is in them goes. */
const leftovers = {
  removed: [...kubeconfigs, pki, etcdData, '/var/lib/cni'],
  emptied: [manifests, '/var/lib/kubelet', '/etc/cni/net.d'],
}
/** Network devices of pod networks. */
const links = ['cni0', 'flannel.1']

const hasContent = async ({ remote }: CheckContext, path: string): Promise<boolean> =>
  ((await remote.list(path)) ?? []).length > 0

/** Those of some things for which a question is answered with yes. */
const those = async (
  things: readonly string[],
  holds: (thing: string) => Promise<boolean>,
): Promise<string[]> => {
  const answers = await Promise.all(things.map(holds))
  return things.filter((_, index) => answers[index] === true)
}

/** Kubeconfigs of users that are copies of the cluster's: of another cluster's nobody wants to lose one. */
const copiesOf = async (ctx: CheckContext, users: readonly string[]): Promise<string[]> => {
  const sum = await ctx.remote.sha256(adminConf)
  if (sum === undefined) return []
  const homes = await Promise.all(users.map((user) => accountOf(ctx, user)))
  return those(
    homes.map(({ home }) => `${home}/.kube/config`),
    async (path) => (await ctx.remote.sha256(path)) === sum,
  )
}

/** What a reset takes away; nothing where kubeadm has left no trace. */
const found = async (ctx: CheckContext, users: readonly string[]): Promise<string[]> => {
  const exists = (path: string): Promise<boolean> => ctx.remote.exists(path)
  const filled = (path: string): Promise<boolean> => hasContent(ctx, path)
  const [paths, folders, removed, emptied, devices, copies] = await Promise.all([
    those(traces.paths, exists),
    those(traces.folders, filled),
    those(leftovers.removed, exists),
    those(leftovers.emptied, filled),
    those(links, (name) => exists(`/sys/class/net/${name}`)),
    copiesOf(ctx, users),
  ])
  if (paths.length + folders.length === 0) return []
  const named = devices.map((name) => `network device ${name}`)
  return [...new Set([...paths, ...folders, ...removed, ...emptied, ...named, ...copies])]
}

/** Unmounts what pods had mounted, the innermost first: what is still mounted would be emptied with the folder. */
const unmount = async ({ remote, host }: ApplyContext): Promise<void> => {
  const mounted = `awk '$2 ~ "^/var/lib/kubelet/" { print $2 }' /proc/mounts`
  await remote.run({
    timeout: 120,
    label: 'unmount what is below /var/lib/kubelet',
  })`sh -c ${`${mounted} | sort -r | while read -r m; do umount "$(printf %b "$m")"; done`}`.result()
  const left = await remote.query({
    label: 'list what is mounted below /var/lib/kubelet',
  })`sh -c ${mounted}`.lines()
  if (left.length === 0) return
  throw new CoxswainError('task-failed', `${host.name} cannot unmount ${left.join(', ')}`, {
    hint: `check what uses it (fuser -vm ${left[0]}), and run again; nothing in it was changed`,
  })
}

/** Take a master or worker back to what it was before kubeadm. */
export const resetNode = defineTask({
  name: 'reset-node',
  description:
    'Removes a node from its cluster, its etcd member first, and undoes what kubeadm did on the host.',
  reads: 'what kubeadm left on the host, and the members of etcd',
  example: { address: '10.0.0.12' },
  params: z.object({
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
      .describe('also remove all rules of iptables, including those of other programs'),
    criSocket: z.string().optional().describe('the CRI socket, if several container runtimes are installed'),
  }),
  title: ({ address }) => `nothing of kubeadm at ${address}`,

  async check(ctx, given) {
    const there = await found(ctx, given.users)
    if (there.length === 0) return ok()
    await refuseLoss(ctx, given)
    return drift(...there.map((what) => ({ what, from: 'there', to: 'gone' })))
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const reset = await resetWords(ctx, given.criSocket)
    await leaveCluster(ctx, given)
    // as long as admin.conf is there to compare with
    for (const path of await copiesOf(ctx, given.users)) await remote.remove(path)
    // the last trace to go, so that a reset that is interrupted is gone on with
    await remote.makeDirectory('/etc/coxswain')
    await remote.run({ timeout: 300 })`${reset}`
    await remote.run({ timeout: 90 })`systemctl stop kubelet`
    await unmount(ctx)
    for (const path of leftovers.removed) await remote.remove(path, { recursive: true })
    for (const path of leftovers.emptied)
      await remote.run({
        timeout: 60,
        label: `empty ${path}`,
      })`[ ! -d ${path} ] || find ${path} -xdev -mindepth 1 -delete`
    for (const name of links)
      await remote.run({
        label: `ip link delete ${name}`,
      })`[ ! -e ${`/sys/class/net/${name}`} ] || ip link delete ${name}`
    if (given.flushIptables)
      await remote.run({
        label: 'flush iptables',
      })`iptables -F && iptables -t nat -F && iptables -t mangle -F && iptables -X`
    await remote.remove('/etc/coxswain', { recursive: true })
  },
})
