import { CoxswainError, defineTask, drift, flag, ok, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { healthyWithout, keepsQuorum, listMembers, memberOf, removeListed } from './etcd.ts'

/** Folders and files that kubeadm reset leaves, or empties only. */
const leftovers = [
  '/etc/kubernetes/manifests',
  '/etc/kubernetes/pki',
  '/etc/kubernetes/admin.conf',
  '/etc/kubernetes/kubelet.conf',
  '/etc/kubernetes/bootstrap-kubelet.conf',
  '/etc/kubernetes/controller-manager.conf',
  '/etc/kubernetes/scheduler.conf',
  '/etc/coxswain',
  '/var/lib/etcd/member',
  '/var/lib/cni',
  '/root/.kube/config',
]
/** Folders that others may mount or own: they stay, what is in them goes. */
const emptied = ['/var/lib/kubelet', '/etc/cni/net.d']
/** Network devices of pod networks. */
const links = ['cni0', 'flannel.1']

const present = async ({ remote }: CheckContext): Promise<string[]> => {
  const [paths, inside, devices] = await Promise.all([
    Promise.all(leftovers.map(async (path) => ((await remote.exists(path)) ? [path] : []))),
    Promise.all(emptied.map(async (path) => (((await remote.list(path)) ?? []).length > 0 ? [path] : []))),
    Promise.all(
      links.map(async (name) =>
        (await remote.exists(`/sys/class/net/${name}`)) ? [`network device ${name}`] : [],
      ),
    ),
  ])
  return [...paths, ...inside, ...devices].flat()
}

/** Another master whose etcd answers and knows more than this one. */
const survivorOf = async (
  ctx: ApplyContext,
  selector: string,
  address: string,
): Promise<ApplyContext | undefined> => {
  for (const name of await ctx.hostsOf(selector)) {
    if (name === ctx.host.name) continue
    const other = await ctx.on(name)
    const members = await listMembers(other).catch(() => undefined)
    if (members?.some((member) => member.peerUrl !== `https://${address}:2380`) === true) return other
  }
  return undefined
}

/** Leaves the etcd cluster first: a member that is only switched off still counts against the quorum. */
const leave = async (ctx: ApplyContext, selector: string, address: string, force: boolean): Promise<void> => {
  const survivor = await survivorOf(ctx, selector, address)
  if (survivor === undefined) {
    const alone = memberOf((await listMembers(ctx)) ?? [], address)
    if (alone === undefined || force) return
    throw new CoxswainError(
      'task-failed',
      `${ctx.host.name} holds the last etcd member that answers: the cluster would be lost`,
      {
        hint: 'give force=true to lose it',
      },
    )
  }
  const members = (await listMembers(survivor)) ?? []
  const own = memberOf(members, address)
  if (own === undefined) return
  if (!force && !keepsQuorum(members, own, await healthyWithout(survivor, address))) {
    throw new CoxswainError('task-failed', `without ${ctx.host.name} etcd would lose its quorum`, {
      hint: 'mend the other members first (etcdctl endpoint health --cluster), or give force=true to lose the cluster',
    })
  }
  ctx.log(`removing the etcd member ${own.name || own.peerUrl}`)
  await removeListed(survivor, address)
  const node = ctx.host.name
  await survivor.remote.run({
    timeout: 60,
  })`kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=15s delete node ${node} --ignore-not-found`.result()
}

/** Take a master or worker back to what it was before kubeadm. */
export const resetNode = defineTask({
  name: 'reset-node',
  description:
    'Takes a node out of its cluster and back to what it was before kubeadm; its etcd member leaves first.',
  params: z.object({
    address: z.string().describe('the address that it advertises'),
    masters: z
      .string()
      .default('masters')
      .describe('the masters, one of which removes the member of this one'),
    force: flag().default(false).describe('even when etcd loses its quorum by it'),
    flushIptables: flag().default(false).describe('also throw away all rules of iptables, whoever made them'),
    criSocket: z.string().optional().describe('where several container runtimes are installed'),
  }),
  title: ({ address }) => `nothing of kubeadm at ${address}`,

  async check(ctx) {
    const found = await present(ctx)
    return found.length === 0 ? ok() : drift(...found.map((what) => ({ what, from: 'there', to: 'gone' })))
  },

  async apply(ctx, { address, masters, force, flushIptables, criSocket }) {
    await leave(ctx, masters, address, force)
    const { remote } = ctx
    // kubeadm would look for the member once more, and wait long for an etcd that has been told to go
    const words = [
      '--skip-phases=remove-etcd-member',
      ...(criSocket === undefined ? [] : [`--cri-socket=${criSocket}`]),
    ]
    await remote.run({ timeout: 300 })`kubeadm reset -f ${words}`
    await remote.run({ timeout: 90 })`systemctl stop kubelet`
    await remote.run({
      timeout: 60,
    })`for mount in $(awk '$2 ~ "^/var/lib/kubelet/" { print $2 }' /proc/mounts); do umount "$mount"; done`.result()
    for (const path of leftovers) await remote.remove(path, { recursive: true })
    for (const path of emptied)
      await remote.run({ timeout: 60 })`[ ! -d ${path} ] || find ${path} -mindepth 1 -delete`
    for (const name of links) await remote.run`[ ! -e ${`/sys/class/net/${name}`} ] || ip link delete ${name}`
    if (flushIptables)
      await remote.run`iptables -F && iptables -t nat -F && iptables -t mangle -F && iptables -X`
  },
})
