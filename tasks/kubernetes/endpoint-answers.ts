import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  duration,
  shellFile,
  shellProgram,
  words,
  z,
} from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { rowsIn } from '../facts/reading/values.ts'
import { asked } from './cluster-state/known.ts'
import { readNodes } from './cluster-state/read-api.ts'
import { moveParams, serverOf } from './endpoint/move.ts'
import type { Asking } from './endpoint/move.ts'
import { contextOf } from './endpoint/records.ts'
import { kubectl, ownServer } from './kubeadm/kubectl.ts'
import { kubeletConf } from './kubeadm/paths.ts'
import { hostOf } from './kubeadm/settings.ts'

const program = shellFile(import.meta.url, 'ask-as-kubelet.sh')

const leaseSchema = z.object({
  metadata: z.object({ uid: z.string() }),
  spec: z.object({ renewTime: z.string() }),
})

/** A lease: a kubelet renews that of its Node every ten seconds. */
interface Lease {
  readonly uid: string
  readonly renewed: string
}

/** The lease in an answer; undefined for other answers. */
const leaseIn = (text: string): Lease | undefined => {
  try {
    const { metadata, spec } = leaseSchema.parse(JSON.parse(text))
    return { uid: metadata.uid, renewed: spec.renewTime }
  } catch {
    return undefined
  }
}

/** The leases of all Nodes, as a control-plane node knows them. */
const readLeases = async (on: CheckContext, server: string): Promise<ReadonlyMap<string, Lease>> => {
  const row =
    'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.metadata.uid}{"\\t"}{.spec.renewTime}{"\\n"}{end}'
  const text = await kubectl(on, ['get', 'leases', '-n', 'kube-node-lease', '-o', row], server).text()
  return new Map(rowsIn(text).map(([name = '', uid = '', renewed = '']) => [name, { uid, renewed }] as const))
}

/** The last line of what a program said, on one line and bounded: it is not trusted. */
const reason = (text: string): string =>
  (text.trim().split('\n').at(-1) ?? '').replaceAll(/[\p{C}\s]+/gu, ' ').slice(0, 300)

/** What is wrong with the endpoint, as a kubelet sees it. A copy of the cluster has the same leases, but they are not renewed there. */
const asKubelet = async (ctx: CheckContext, node: string, to: string, own: Lease): Promise<string[]> => {
  const { host, remote } = ctx
  const query = remote.query({ timeout: 20, label: `ask ${to} as the kubelet of ${node}` })
  const {
    ok: answered,
    code,
    stdout,
    stderr,
  } = await query`${shellProgram(program, `https://${to}`, node)}`.result()
  if (code === 90)
    throw new CoxswainError('task-failed', `${host.name} has neither kubectl nor curl: install curl`)
  if (!answered) return [`${to} does not answer the kubelet of ${host.name}: ${reason(stderr)}`]
  const seen = leaseIn(stdout)
  if (seen?.uid === own.uid && seen.renewed >= own.renewed) return []
  return [
    seen?.uid === own.uid
      ? `what answers at ${to} on ${host.name} is a copy of this cluster, or has not all of it yet: there, the kubelet of ${node} has renewed its lease last at ${reason(seen.renewed)}`
      : `what answers at ${to} on ${host.name} is another cluster: its node ${node} is not the same`,
  ]
}

/** What is wrong with the endpoint on one host; nothing on a host that is not a node. */
const onHost = async (
  ctx: CheckContext,
  node: string,
  { to, own, isNode }: { readonly to: string; readonly own: Lease | undefined; readonly isNode: boolean },
): Promise<string[]> => {
  const on = await contextOf(ctx, node)
  const hasFile = await on.remote.exists(kubeletConf)
  if (!hasFile && !isNode) return []
  if (!isNode)
    throw new CoxswainError(
      'task-failed',
      `the cluster does not have the node ${node}: take it out of the inventory, or run playbooks/workers.ts first`,
    )
  if (!hasFile)
    throw new CoxswainError(
      'task-failed',
      `${node} is a node without ${kubeletConf}: a kubeconfig elsewhere is not moved`,
    )
  return own === undefined
    ? [`the kubelet of ${node} has no lease, with which it would be proven that ${to} is this cluster`]
    : asKubelet(on, node, to, own)
}

/** The API servers whose certificate does not name the endpoint, as a client of the endpoint verifies it. */
const withoutName = async (on: CheckContext, { to, masters, port }: Asking): Promise<string[]> => {
  const all = masters.map(async ({ name, address }) => {
    const asking = ['--tls-server-name', hostOf(to), 'get', '--raw', '/readyz']
    const answer = await kubectl(on, asking, ownServer(address, port)).result()
    return answer.ok
      ? []
      : [`the API server of ${name} does not answer as ${hostOf(to)}: ${reason(answer.stderr)}`]
  })
  return (await Promise.all(all)).flat()
}

/**
 * Proves that an endpoint is that of a cluster, before anything refers to it. One host asks all others: a part of the hosts, such as that of
 * `--limit`, does not prove it for the others.
 */
export const endpointAnswers = defineTask({
  name: 'endpoint-answers',
  description:
    'Waits until the API servers of a cluster answer at an endpoint with certificates of its authority that name it, as the kubelet of each node verifies them, and proves on each that it is the same cluster.',
  reads:
    '/readyz of each API server under the name of the endpoint; the leases of all nodes, and on each of them its own at the endpoint',
  example: { to: 'api.example.org:6443', masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      ...moveParams(),
      workers: words().default([]).describe('the other nodes'),
      timeout: duration({ zero: true }).default(120).describe('seconds to wait'),
    }),
  title: ({ to }) => `the cluster answers at ${to}`,
  until: ({ timeout }) => ({ timeout, every: 2 }),

  async check(ctx, given) {
    const { to, masters, workers } = given
    const server = serverOf(ctx, given)
    // what the endpoint says after that is not older
    const [nodes, leases] = await Promise.all([readNodes(ctx, server), readLeases(ctx, server)])
    const there = new Set(nodes.map(({ name }) => name))
    const hosts = [...masters.map(({ name }) => name), ...workers].map(async (node) => {
      const found = await asked(() =>
        onHost(ctx, node, { to, own: leases.get(node), isNode: there.has(node) }),
      )
      return { node, found }
    })
    const [lacking, ...all] = await Promise.all([withoutName(ctx, given), ...hosts])
    const unasked = all.flatMap(({ node, found }) => (found.known ? [] : [`${node}: ${found.why}`]))
    if (unasked.length > 0)
      throw new CoxswainError('task-failed', `not every node can be asked whether it reaches ${to}`, {
        output: unasked.join('\n'),
        hint: `bring back what cannot be asked, or remove it from the cluster (kubectl delete node, playbooks/remove-master.ts) and from the inventory; nothing refers to ${to} yet because of this run`,
      })
    return driftUnlessEmpty([...lacking, ...all.flatMap(({ found }) => (found.known ? found.value : []))])
  },
})
