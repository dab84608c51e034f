/** What a node keeps of its former Node object: labels, annotations, taints and the cordon of an administrator. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { z } from '../../../engine/index.ts'
import { cordonedMark } from '../nodes/node.ts'
import type { NodeObject, NodePatch, NodeTaint } from '../nodes/node.ts'
import type { Identity } from './identity.ts'

/** What is kept, as it is recorded. */
export const keptSchema = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  taints: z.array(z.object({ key: z.string(), value: z.string().optional(), effect: z.string() })),
  /** Whether an administrator has cordoned it. */
  cordoned: z.boolean(),
})
export type Kept = z.output<typeof keptSchema>

/** Nothing: the cluster does not have the Node any more. */
export const nothingKept: Kept = { labels: {}, annotations: {}, taints: [], cordoned: false }

/** Labels that a kubelet sets from its host. */
const ofKubelet = /^(beta\.)?kubernetes\.io\/(hostname|os|arch)$/

/** Annotations that kubelets, controllers and pod networks set for a node, with its name or addresses. */
const ofPrograms =
  /^(kubeadm\.alpha\.kubernetes\.io|node\.alpha\.kubernetes\.io|alpha\.kubernetes\.io|volumes\.kubernetes\.io|csi\.volume\.kubernetes\.io|(\w+\.)*flannel\.\S+|(\w+\.)*projectcalico\.org|(\w+\.)*cilium\.io|io\.cilium\.\S+|k8s\.ovn\.org)\//

/** Taints that controllers set and take away by the state of the node. */
const ofState = /^node(\.cloudprovider)?\.kubernetes\.io\//

/** Whether a text names a node or one of its addresses. */
const names = (text: string, { name, address, peer }: Identity): boolean =>
  [name, address, peer].some((one) => text.split(/[^\w.:-]+/).includes(one))

/**
 * What a node keeps. Left out is what its kubelet, controllers and pod networks set again, and annotations that have the former name or an
 * address: they would be wrong.
 */
export const keptOf = (
  { labels, annotations, taints, cordoned, marked }: NodeObject,
  from: Identity,
): Kept => ({
  labels: Object.fromEntries(Object.entries(labels).filter(([key]) => !ofKubelet.test(key))),
  annotations: Object.fromEntries(
    Object.entries(annotations).filter(
      ([key, value]) =>
        key !== cordonedMark &&
        key !== 'kubectl.kubernetes.io/last-applied-configuration' &&
        !ofPrograms.test(key) &&
        !names(value, from),
    ),
  ),
  taints: taints.flatMap(({ key, value, effect }) =>
    ofState.test(key) ? [] : [{ key, ...(value !== undefined && { value }), effect }],
  ),
  cordoned: cordoned && !marked,
})

/** Entries that an object does not have, or has otherwise. */
const lacking = (
  wanted: Readonly<Record<string, string>>,
  there: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(Object.entries(wanted).filter(([key, value]) => there[key] !== value))

const byKey = (taints: readonly NodeTaint[]): NodeTaint[] =>
  taints.toSorted((one, other) => `${one.key}:${one.effect}`.localeCompare(`${other.key}:${other.effect}`))

/** The change that gives a new Node what its former one had; undefined if it has that. */
export const patchFor = (node: NodeObject, kept: Kept): NodePatch | undefined => {
  const labels = lacking(kept.labels, node.labels)
  const annotations: Record<string, string | null> = lacking(kept.annotations, node.annotations)
  // a drain of an interrupted run can have cordoned the new one
  if (node.marked) annotations[cordonedMark] = null
  const taints = [...kept.taints, ...node.taints.filter(({ key }) => ofState.test(key))]
  const sameTaints = isDeepStrictEqual(byKey(taints), byKey(node.taints))
  const cordon = kept.cordoned || (node.cordoned && !node.marked)
  const spec = {
    ...(!sameTaints && { taints }),
    ...(cordon !== node.cordoned && { unschedulable: cordon ? (true as const) : null }),
  }
  const isSame = [labels, annotations, spec].every((one) => Object.keys(one).length === 0)
  return isSame ? undefined : { labels, annotations, spec }
}
