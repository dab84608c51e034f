/** The last checks: tasks that wait until the cluster is well, and change nothing. */
import { defineTask, drift, driftUnlessEmpty, ok, z } from '../../engine/index.ts'
import { listMembers, unwell } from './etcd/etcd.ts'
import { kubectl } from './kubeadm/kubectl.ts'

const timeout = (seconds: number) => z.coerce.number().default(seconds).describe('seconds to wait')

/** Wait until a node is Ready. */
export const nodeReady = defineTask({
  name: 'node-ready',
  description: 'Waits until a node is Ready.',
  reads: "the node's conditions, by kubectl",
  example: { node: 'm1' },
  params: z.object({ node: z.string().describe('the name of the node'), timeout: timeout(300) }),
  title: ({ node }) => `node ${node} is Ready`,
  until: (params) => ({ timeout: params.timeout, every: 2 }),
  async check(ctx, { node }) {
    const path =
      '{.status.conditions[?(@.type=="Ready")].status} {.status.conditions[?(@.type=="Ready")].message}'
    const text = await kubectl(ctx, ['get', 'node', node, '-o', `jsonpath=${path}`]).text()
    return text.startsWith('True') ? ok() : drift(`node ${node} is not Ready: ${text.replace(/^\S+ /, '')}`)
  },
})

/** Wait until etcd has as many members as it should, all started and healthy. */
export const etcdHealthy = defineTask({
  name: 'etcd-healthy',
  description: 'Waits until etcd has the given number of members, all of them started and healthy.',
  reads: 'the members of etcd, and their health',
  example: { members: 3 },
  params: z.object({
    members: z.coerce.number().int().min(1).describe('the number of members'),
    timeout: timeout(180),
  }),
  title: ({ members }) => `etcd has ${members} healthy members`,
  until: (params) => ({ timeout: params.timeout, every: 2 }),
  async check(ctx, { members: wanted }) {
    const [members = [], problems] = await Promise.all([listMembers(ctx), unwell(ctx)])
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
      status: z.object({
        phase: z.string(),
        containerStatuses: z.array(z.object({ ready: z.boolean() })).optional(),
      }),
    }),
  ),
})

/** A pod that nobody waits for: it did its work, it goes, or it failed (was evicted, say) and its owner made another. */
const isOver = ({ metadata, status }: z.output<typeof podsSchema>['items'][number]): boolean =>
  status.phase === 'Succeeded' ||
  metadata.deletionTimestamp !== undefined ||
  (status.phase === 'Failed' && metadata.ownerReferences.length > 0)

/** Wait until the pods of a namespace run. */
export const podsRunning = defineTask({
  name: 'pods-running',
  description: 'Waits until all pods of a namespace are running and ready.',
  reads: 'the pods of the namespace, by kubectl',
  example: { namespace: 'kube-system' },
  params: z.object({ namespace: z.string().default('kube-system'), timeout: timeout(300) }),
  title: ({ namespace }) => `pods of ${namespace} are running`,
  until: (params) => ({ timeout: params.timeout, every: 2 }),
  async check(ctx, { namespace }) {
    const found = podsSchema.parse(await kubectl(ctx, ['-n', namespace, 'get', 'pods', '-o', 'json']).json())
    const items = found.items.filter((pod) => !isOver(pod))
    const waiting = items.filter(
      ({ status: { phase, containerStatuses = [] } }) =>
        phase !== 'Running' || !containerStatuses.every((container) => container.ready),
    )
    if (items.length > 0 && waiting.length === 0) return ok()
    return drift(
      items.length === 0
        ? 'there are no pods'
        : `not running: ${waiting.map((pod) => pod.metadata.name).join(', ')}`,
    )
  },
})

/** Wait until the cluster answers at its own endpoint: through the load balancer. */
export const clusterInfo = defineTask({
  name: 'cluster-info',
  description: 'Waits until the cluster answers at the endpoint in its kubeconfig.',
  reads: 'kubectl cluster-info',
  example: { endpoint: '10.0.0.10:6443' },
  params: z.object({
    endpoint: z.string().describe('host:port that the kubeconfig must contain'),
    timeout: timeout(120),
  }),
  title: ({ endpoint }) => `the cluster answers at ${endpoint}`,
  until: (params) => ({ timeout: params.timeout, every: 2 }),
  async check(ctx, { endpoint }) {
    const text = await kubectl(ctx, ['cluster-info']).text()
    return text.includes(`https://${endpoint}`)
      ? ok()
      : drift(`cluster-info names another endpoint: ${text.split('\n')[0]}`)
  },
})
