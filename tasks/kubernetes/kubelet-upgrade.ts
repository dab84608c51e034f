import { CoxswainError, defineTask, drift, ok, portNumber, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { allRespond, quorumAfter } from './etcd/arithmetic.ts'
import { etcdProblems } from './etcd/health.ts'
import { listMembers, ownMemberId } from './etcd/members.ts'
import { requireAll, waitForAll } from './etcd/require-all.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { apiReady, kubectl, ownServer } from './kubeadm/kubectl.ts'
import { requireInstalled } from './kubeadm/kubelet.ts'
import { manifest } from './kubeadm/paths.ts'
import { releaseFormerPod } from './kubeadm/static-pods.ts'
import { allowUnknownVersion, knownVersion, minorOf } from './kubeadm/versions.ts'
import { isOlder } from './upgrade/running.ts'

const params = () =>
  z
    .object({
      node: z.string().describe('the name of the node'),
      version: z.string().describe('the Kubernetes version, such as v1.37.2'),
      allowUnknownVersion: allowUnknownVersion(),
      address: z.string().describe('the address of the API server of this control-plane node'),
      port: portNumber().default(6443).describe('the port of the API server'),
    })
    .superRefine(knownVersion('version'))
type Params = z.output<ReturnType<typeof params>>

/** A node, where its API server is, and the version that it is to have. */
type NodePlace = Pick<Params, 'node' | 'version' | 'address' | 'port'>

/** What an API server says of a node. */
interface NodeVersion {
  readonly version: string
  readonly ready: boolean
}

const nodeOf = async (
  ctx: CheckContext,
  { node, address, port }: Omit<NodePlace, 'version'>,
): Promise<NodeVersion | undefined> => {
  const path = 'jsonpath={.status.nodeInfo.kubeletVersion} {.status.conditions[?(@.type=="Ready")].status}'
  const { ok: asked, stdout } = await kubectl(
    ctx,
    ['get', 'node', node, '-o', path],
    ownServer(address, port),
  ).result()
  const [version = '', ready] = stdout.trim().split(' ')
  return asked && version !== '' ? { version, ready: ready === 'True' } : undefined
}

/** @throws `task-failed` if the API server does not say what it knows of a node. */
const requireNode = async (ctx: CheckContext, given: NodePlace): Promise<NodeVersion> => {
  const node = await nodeOf(ctx, given)
  if (node !== undefined) return node
  throw new CoxswainError(
    'task-failed',
    `the API server of ${ctx.host.name} does not say which kubelet ${given.node} has`,
    {
      hint: `check it: kubectl --server ${ownServer(given.address, given.port)} get node ${given.node}; then run again`,
    },
  )
}

/**
 * Whether the kubelet that runs on a node is older than a version.
 *
 * @throws `task-failed` if the API server does not say: a node is not drained because of that.
 */
export const kubeletNeedsUpgrade = async (ctx: CheckContext, given: NodePlace): Promise<boolean> =>
  isOlder((await requireNode(ctx, given)).version, given.version)

const isStacked = ({ remote }: CheckContext): Promise<boolean> => remote.exists(manifest('etcd'))

/** How often in a row everything must be well: a kubelet creates static pods again some seconds after it has said that it is ready. */
const looksInARow = { sameMinor: 5, newMinor: 20 } as const

const pods = ['etcd', 'kube-apiserver'] as const

/** Waits until a kubelet that was restarted runs with its version, and everything on its host works again. */
const waitUntilBack = async (ctx: ApplyContext, given: Params, looks: number): Promise<void> => {
  const { host } = ctx
  const stacked = await isStacked(ctx)
  let [well, ill] = [0, 0]
  const missing = async (): Promise<string[]> => {
    if (!(await apiReady(ctx, given.address, given.port)))
      return [`the API server of ${host.name} is not ready`]
    const problems = stacked ? await etcdProblems(ctx) : []
    if (problems.length > 0) return problems
    const node = await nodeOf(ctx, given)
    if (node?.version !== given.version)
      return [`node ${given.node} has kubelet ${node?.version ?? 'of an unknown version'}`]
    return node.ready ? [] : [`node ${given.node} is not Ready`]
  }
  await eventually(
    ctx,
    async () => {
      const words = await missing()
      well = words.length === 0 ? well + 1 : 0
      ill = words.length === 0 ? 0 : ill + 1
      if (ill > 0 && ill % 30 === 0) for (const pod of pods) await releaseFormerPod(ctx, pod)
      return well >= looks || words.length > 0 ? words : [`static pods of ${host.name} may be created again`]
    },
    {
      seconds: 420,
      every: 1,
      hint: `check the kubelet on ${host.name}: journalctl -u kubelet; then run again`,
    },
  )
}

/**
 * Restarts a kubelet whose program is newer than the version that runs.
 *
 * A kubelet of a newer minor creates all static pods of its host again, so its API server and its etcd member are away for some
 * seconds right after the kubelet is ready.
 */
export const kubeletUpgrade = defineTask({
  name: 'kubelet-upgrade',
  description:
    'Restarts the kubelet of a control-plane node so that it runs with the installed version, and waits until the node, its API server and etcd work again. It is refused unless every member of etcd is healthy.',
  reads: "the node's kubelet version by kubectl, the members of etcd and their health",
  example: { node: 'm1', version: 'v1.37.2', address: '10.0.0.11' },
  params,
  title: ({ version }) => `kubelet ${version} runs`,

  async check(ctx, given) {
    const node = await requireNode(ctx, given)
    if (!isOlder(node.version, given.version)) return ok()
    if (await isStacked(ctx)) await requireAll(ctx, `the kubelet of ${ctx.host.name} is not restarted`)
    return drift({ what: `kubelet of ${given.node}`, from: node.version, to: given.version })
  },

  explain: explainControlPlane,

  async apply(ctx, given) {
    const { remote, host } = ctx
    await requireInstalled(ctx, given.version)
    if (await isStacked(ctx)) {
      await waitForAll(ctx, 300)
      const members = (await listMembers(ctx)) ?? []
      const away = {
        kind: 'away',
        id: (await ownMemberId(ctx)) ?? '',
        while: `while ${host.name} restarts it`,
      } as const
      ctx.log(quorumAfter(members, allRespond(members), away).sum)
    }
    const before = await nodeOf(ctx, given)
    await remote.run({ timeout: 120 })`systemctl daemon-reload`
    await remote.run({ timeout: 120 })`systemctl restart kubelet`
    const sameMinor = before !== undefined && minorOf(before.version) === minorOf(given.version)
    await waitUntilBack(ctx, given, sameMinor ? looksInARow.sameMinor : looksInARow.newMinor)
  },
})
