/** Tasks that wait until the cluster is healthy, and change nothing. */
import { defineTask, drift, driftUnlessEmpty, flag, ok, duration, z } from '../../engine/index.ts'
import { etcdProblems } from './etcd/health.ts'
import { listMembers } from './etcd/members.ts'
import { counted } from '../shared/counted.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { isSameValue } from '../network/addresses/same-value.ts'
import { kubectl } from './kubeadm/kubectl.ts'

const timeout = (limit: number) => duration({ zero: true }).default(limit).describe('seconds to wait')

/** Waits until a node is Ready. */
export const nodeReady = defineTask({
  name: 'node-ready',
  description: 'Waits until a node is Ready.',
  reads: "the node's conditions, by kubectl",
  example: { node: 'm1' },
  params: () =>
    z.object({
      node: z.string().describe('the name of the node'),
      withoutNetwork: flag().default(false).describe('accept a node that only lacks a pod network'),
      timeout: timeout(300),
    }),
  title: ({ node }) => `node ${node} is Ready`,
  until: (params) => ({ timeout: params.timeout, every: 2 }),
  explain: explainControlPlane,
  async check(ctx, { node, withoutNetwork }) {
    const path =
      '{.status.conditions[?(@.type=="Ready")].status} {.status.conditions[?(@.type=="Ready")].message}'
    const text = await kubectl(ctx, ['get', 'node', node, '-o', `jsonpath=${path}`]).text()
    const lacksOnlyNetwork = withoutNetwork && /^False .*\bcni\b/i.test(text)
    return text.startsWith('True') || lacksOnlyNetwork
      ? ok()
      : drift(`node ${node} is not Ready: ${text.replace(/^\S+ /, '')}`)
  },
})

/** Waits until etcd has the given number of members, all started and healthy. */
export const etcdHealthy = defineTask({
  name: 'etcd-healthy',
  description: 'Waits until etcd has the given number of members, all of them started and healthy.',
  reads: 'the members of etcd, their health and their alarms',
  example: { members: 3 },
  params: () =>
    z.object({
      members: z.coerce.number<number | string>().int().min(1).describe('the number of members'),
      timeout: timeout(180),
    }),
  title: ({ members }) => `etcd has ${counted(members, 'healthy member')}`,
  until: (params) => ({ timeout: params.timeout, every: 2 }),
  explain: explainControlPlane,
  async check(ctx, { members: wanted }) {
    const members = await listMembers(ctx)
    if (members === undefined) return drift(`etcd on ${ctx.host.name} does not respond`)
    const problems = await etcdProblems(ctx, members)
    const count = members.length === wanted ? [] : [`etcd has ${members.length} members, not ${wanted}`]
    return driftUnlessEmpty([...count, ...problems])
  },
})

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        deletionTimestamp: z.string().optional(),
        ownerReferences: z.array(z.unknown()).default([]),
      }),
      spec: z.object({ hostNetwork: z.boolean().default(false) }).default({ hostNetwork: false }),
      status: z.object({
        phase: z.string(),
        containerStatuses: z.array(z.object({ ready: z.boolean() })).optional(),
      }),
    }),
  ),
})

/** Whether a pod is not waited for: it succeeded, is being deleted, or failed (for example evicted) and was replaced. */
const isOver = ({ metadata, status }: z.output<typeof podsSchema>['items'][number]): boolean =>
  status.phase === 'Succeeded' ||
  metadata.deletionTimestamp !== undefined ||
  (status.phase === 'Failed' && metadata.ownerReferences.length > 0)

/** Waits until the pods of a namespace are running. */
export const podsRunning = defineTask({
  name: 'pods-running',
  description: 'Waits until all pods of a namespace are running and ready.',
  reads: 'the pods of the namespace, by kubectl',
  example: { namespace: 'kube-system' },
  params: () =>
    z.object({
      namespace: z.string().default('kube-system').describe('the namespace of the pods'),
      withoutNetwork: flag()
        .default(false)
        .describe('wait only for pods that use the network of their host: others need a pod network'),
      timeout: timeout(300),
    }),
  title: ({ namespace }) => `pods of ${namespace} are running`,
  until: (params) => ({ timeout: params.timeout, every: 2 }),
  explain: explainControlPlane,
  async check(ctx, { namespace, withoutNetwork }) {
    const found = podsSchema.parse(await kubectl(ctx, ['-n', namespace, 'get', 'pods', '-o', 'json']).json())
    const items = found.items.filter((pod) => !isOver(pod) && (pod.spec.hostNetwork || !withoutNetwork))
    const waiting = items.filter(
      ({ status: { phase, containerStatuses = [] } }) =>
        phase !== 'Running' || !containerStatuses.every((container) => container.ready),
    )
    if (items.length > 0 && waiting.length === 0) return ok()
    return drift(
      items.length === 0
        ? 'the namespace does not have pods'
        : `not running: ${waiting.map((pod) => pod.metadata.name).join(', ')}`,
    )
  },
})

/** Waits until the cluster responds at its endpoint, the load balancer. */
export const clusterInfo = defineTask({
  name: 'cluster-info',
  description: 'Waits until the cluster answers at the endpoint in its kubeconfig.',
  reads: 'kubectl cluster-info',
  example: { endpoint: '10.0.0.10:6443' },
  params: () =>
    z.object({
      endpoint: z.string().describe('host:port that the kubeconfig must contain'),
      timeout: timeout(120),
    }),
  title: ({ endpoint }) => `the cluster answers at ${endpoint}`,
  until: (params) => ({ timeout: params.timeout, every: 2 }),
  async check(ctx, { endpoint }) {
    const text = await kubectl(ctx, ['cluster-info']).text()
    // also between the escape sequences of colours
    const [, named] = /https:\/\/((?:\[[\da-fA-F:.%]+\]|[\w.-]+):\d+)/.exec(text) ?? []
    return isSameValue(named, endpoint)
      ? ok()
      : drift(`cluster-info names another endpoint: ${text.split('\n')[0]}`)
  },
})
