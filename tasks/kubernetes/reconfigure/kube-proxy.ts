/** kube-proxy as the cluster runs it: its ConfigMap, its DaemonSet and its pods. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { kubectl } from '../kubeadm/kubectl.ts'

const folder = '/api/v1/namespaces/kube-system'

/** Paths of the API server. */
export const kubeProxyPaths = {
  folder,
  daemonSet: '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy',
} as const

/**
 * Gets an object as the API server keeps it, with what kubectl leaves out; undefined if there is none.
 *
 * @throws `task-failed` if it cannot be asked.
 */
export const getRaw = async <Schema extends z.ZodType>(
  ctx: CheckContext,
  path: string,
  server: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> => {
  const { ok, stdout, stderr } = await kubectl(ctx, ['get', '--raw', path], server).result()
  if (ok) return jsonReader(stdout, { name: 'the answer', of: path, code: 'task-failed' })(schema)
  if (/NotFound|not find the requested resource/.test(stderr)) return undefined
  throw new CoxswainError(
    'task-failed',
    `the API server of ${ctx.host.name} cannot be asked for ${path.replace(/\?.*/, '').split('/').at(-1)}`,
    {
      output: stderr.trim(),
      hint: `check it: kubectl --server ${server} get --raw ${path}; then run again`,
    },
  )
}

const configMapSchema = z.object({
  metadata: z.object({ managedFields: z.array(z.object({ time: z.string().default('') })).default([]) }),
  data: z.record(z.string(), z.string()).default({}),
})

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        creationTimestamp: z.string(),
        deletionTimestamp: z.string().optional(),
      }),
      spec: z.object({ nodeName: z.string().default('') }),
      status: z
        .object({
          containerStatuses: z
            .array(z.object({ ready: z.boolean().default(false), restartCount: z.number().default(0) }))
            .default([]),
        })
        .default({ containerStatuses: [] }),
    }),
  ),
})

/** A pod of kube-proxy. */
export interface ProxyPod {
  readonly name: string
  readonly node: string
  readonly ready: boolean
  readonly restarts: number
  /** Whether it was started before the ConfigMap was changed. */
  readonly outdated: boolean
}

/** kube-proxy in a cluster. */
export interface KubeProxy {
  readonly data: Readonly<Record<string, string>>
  readonly pods: readonly ProxyPod[]
}

/**
 * Reads the ConfigMap of kube-proxy and its pods; undefined where there is none. Both times are of the API server.
 *
 * @throws `task-failed` if it cannot be asked.
 */
export const readKubeProxy = async (ctx: CheckContext, server: string): Promise<KubeProxy | undefined> => {
  const [map, pods] = await Promise.all([
    getRaw(ctx, `${folder}/configmaps/kube-proxy`, server, configMapSchema),
    getRaw(ctx, `${folder}/pods?labelSelector=k8s-app%3Dkube-proxy`, server, podsSchema),
  ])
  if (map === undefined) return undefined
  const changed = Math.max(0, ...map.metadata.managedFields.map(({ time }) => Date.parse(time) || 0))
  return {
    data: map.data,
    pods: (pods?.items ?? []).map(({ metadata, spec, status }) => ({
      name: metadata.name,
      node: spec.nodeName,
      ready: metadata.deletionTimestamp === undefined && status.containerStatuses.every(({ ready }) => ready),
      restarts: Math.max(0, ...status.containerStatuses.map(({ restartCount }) => restartCount)),
      outdated: Date.parse(metadata.creationTimestamp) < changed,
    })),
  }
}

const daemonSetSchema = z.object({
  metadata: z.object({ generation: z.number() }),
  status: z.object({
    observedGeneration: z.number().default(0),
    desiredNumberScheduled: z.number().default(0),
    updatedNumberScheduled: z.number().default(0),
    numberAvailable: z.number().default(0),
  }),
})

/** What the rollout of kube-proxy lacks; nothing if every node has a pod of the present DaemonSet. */
export const rolloutProblems = async (ctx: CheckContext, server: string): Promise<string[]> => {
  const found = await getRaw(ctx, kubeProxyPaths.daemonSet, server, daemonSetSchema)
  if (found === undefined) return []
  const {
    observedGeneration,
    desiredNumberScheduled: all,
    updatedNumberScheduled,
    numberAvailable,
  } = found.status
  if (observedGeneration < found.metadata.generation) return ['the change of kube-proxy was not seen yet']
  const done = Math.min(updatedNumberScheduled, numberAvailable)
  return done >= all ? [] : [`kube-proxy was restarted on ${done} of ${all} nodes`]
}
