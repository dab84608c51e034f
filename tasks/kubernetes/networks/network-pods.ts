/** The DaemonSets of a pod network as they run: their pods on each node, and which of them are not of the present DaemonSet. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import type { DaemonSet } from '../pod-networks.ts'

const owners = z.array(z.object({ uid: z.string(), controller: z.boolean().default(false) })).default([])

const setSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    generation: z.number().default(0),
  }),
  spec: z.object({ updateStrategy: z.object({ type: z.string().default('') }).default({ type: '' }) }),
  status: z.object({ observedGeneration: z.number().default(0) }),
})

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: owners,
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({ nodeName: z.string().default('') }),
  status: z.object({
    containerStatuses: z
      .array(z.object({ ready: z.boolean().default(false), restartCount: z.number().default(0) }))
      .default([]),
  }),
})

const revisionSchema = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()).default({}), ownerReferences: owners }),
  revision: z.number(),
})

const listOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) })

/** A pod of a DaemonSet. */
export interface NetworkPod {
  /** As `namespace/name`. */
  readonly name: string
  readonly node: string
  readonly ready: boolean
  readonly restarts: number
  /** Whether it is of the present form of its DaemonSet, and not being deleted. */
  readonly current: boolean
}

/** A DaemonSet as it runs. */
export interface RunningSet {
  /** As `namespace/name`. */
  readonly name: string
  /** Whether its pods stay as they are until they are deleted. */
  readonly onDelete: boolean
  /** Whether the controller has seen its present form. */
  readonly seen: boolean
  readonly pods: readonly NetworkPod[]
}

const get = async <Schema extends z.ZodType>(
  ctx: CheckContext,
  words: readonly string[],
  schema: Schema,
): Promise<z.output<Schema>> => {
  const { ok, stdout, stderr } = await kubectl(ctx, ['get', ...words, '-o', 'json']).result()
  const of = `kubectl get ${words.join(' ')}`
  if (ok) return jsonReader(stdout, { name: 'the answer', of, code: 'task-failed' })(schema)
  throw new CoxswainError('task-failed', 'the API server does not say how the pod network runs', {
    output: stderr.trim(),
    hint: `check it: ${of}; then run again`,
  })
}

/** The label of pods of a revision. */
const revisionLabel = 'controller-revision-hash'

const inNamespaceOf = async (
  ctx: CheckContext,
  namespace: string,
  names: readonly string[],
): Promise<RunningSet[]> => {
  const [sets, pods, revisions] = await Promise.all([
    get(ctx, ['daemonsets', '-n', namespace], listOf(setSchema)),
    get(ctx, ['pods', '-n', namespace], listOf(podSchema)),
    get(ctx, ['controllerrevisions', '-n', namespace], listOf(revisionSchema)),
  ])
  return sets.items
    .filter(({ metadata }) => names.includes(metadata.name))
    .map(({ metadata, spec, status }): RunningSet => {
      const isOwn = (one: { readonly ownerReferences: z.output<typeof owners> }): boolean =>
        one.ownerReferences.some(({ uid, controller }) => controller && uid === metadata.uid)
      const newest = revisions.items
        .filter((one) => isOwn(one.metadata))
        .toSorted((one, other) => one.revision - other.revision)
        .at(-1)?.metadata.labels[revisionLabel]
      return {
        name: `${metadata.namespace}/${metadata.name}`,
        onDelete: spec.updateStrategy.type === 'OnDelete',
        seen: status.observedGeneration >= metadata.generation && newest !== undefined,
        pods: pods.items
          .filter((pod) => isOwn(pod.metadata))
          .map((pod) => ({
            name: `${pod.metadata.namespace}/${pod.metadata.name}`,
            node: pod.spec.nodeName,
            ready:
              pod.status.containerStatuses.length > 0 &&
              pod.status.containerStatuses.every(({ ready }) => ready),
            restarts: Math.max(0, ...pod.status.containerStatuses.map(({ restartCount }) => restartCount)),
            current:
              pod.metadata.deletionTimestamp === undefined && pod.metadata.labels[revisionLabel] === newest,
          })),
      }
    })
}

/**
 * Those of some DaemonSets that the cluster has, with their pods.
 *
 * @throws `task-failed` if the API server cannot be asked.
 */
export const runningSets = async (ctx: CheckContext, sets: readonly DaemonSet[]): Promise<RunningSet[]> => {
  const namespaces = [...new Set(sets.map(({ namespace }) => namespace))]
  const found = await Promise.all(
    namespaces.map((namespace) =>
      inNamespaceOf(
        ctx,
        namespace,
        sets.filter((one) => one.namespace === namespace).map(({ name }) => name),
      ),
    ),
  )
  return found.flat()
}
