/** The pods that a drain evicts from a node. */
import { z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), controller: z.boolean().default(false) }))
      .default([]),
  }),
  spec: z.object({
    volumes: z.array(z.object({ name: z.string(), emptyDir: z.unknown().optional() })).default([]),
  }),
  status: z.object({ phase: z.string().default('Unknown') }).default({ phase: 'Unknown' }),
})

const podsSchema = z.object({ items: z.array(podSchema) })

/** A pod that a drain evicts. */
export interface EvictedPod {
  /** Its namespace and name, as `default/web-0`. */
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Whether something makes another one when it is gone. */
  readonly controlled: boolean
  /** Whether data in it is lost. */
  readonly emptyDir: boolean
  /** Whether it has not started: no budget keeps it (Kubernetes, registry/core/pod/rest/eviction.go). */
  readonly pending: boolean
  /** Whether it has ended, so that nothing runs in it. */
  readonly over: boolean
  /** Whether it is being deleted already. */
  readonly terminating: boolean
}

/** Static pods are mirrored with this annotation; only their manifest ends them. */
const mirror = 'kubernetes.io/config.mirror'

const isOver = (phase: string): boolean => phase === 'Succeeded' || phase === 'Failed'

/**
 * The pods that `kubectl drain --ignore-daemonsets` evicts: all but static pods and those of DaemonSets (kubectl's
 * drain/filters.go). Those of DaemonSets that have ended are left to their controller.
 */
export const evictedPods = (body: unknown): EvictedPod[] =>
  podsSchema.parse(body).items.flatMap(({ metadata, spec, status }) => {
    const controller = metadata.ownerReferences.find((owner) => owner.controller)
    if (mirror in metadata.annotations || controller?.kind === 'DaemonSet') return []
    return [
      {
        name: `${metadata.namespace}/${metadata.name}`,
        namespace: metadata.namespace,
        labels: metadata.labels,
        controlled: controller !== undefined,
        emptyDir: spec.volumes.some(({ emptyDir }) => emptyDir !== undefined),
        pending: status.phase === 'Pending',
        over: isOver(status.phase),
        terminating: metadata.deletionTimestamp !== undefined,
      },
    ]
  })

/** The pods that a drain of a node evicts. */
export const podsToEvict = async (via: CheckContext, node: string): Promise<EvictedPod[]> => {
  const words = ['get', 'pods', '--all-namespaces', '--field-selector', `spec.nodeName=${node}`, '-o', 'json']
  return evictedPods(await kubectl(via, words).json())
}
