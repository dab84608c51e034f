/** Which objects of a pod network are Coxswain's: those that did not exist before it applied them. Pure. */
import { keyOf } from './manifest-objects.ts'
import type { ObjectName } from './manifest-objects.ts'
import type { NetworkRecord, RecordedObject } from './record.ts'

/** Namespaces that every cluster has. */
const everywhere = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease'])

/** Whether an object is of the cluster itself, whatever manifest has it. */
const isOfCluster = ({ kind, name }: ObjectName): boolean => kind === 'Namespace' && everywhere.has(name)

/** What is known when a manifest is applied. */
interface Known {
  readonly record: NetworkRecord | undefined
  /** Those of the manifest that the cluster has. */
  readonly existing: readonly ObjectName[]
  /** Whether objects that are there already are to be Coxswain's from now on. */
  readonly takeOver: boolean
}

/** The objects of a manifest as they are recorded, and after them those of the record that it lacks. */
export const recordedObjects = (
  objects: readonly ObjectName[],
  { record, existing, takeOver }: Known,
): RecordedObject[] => {
  const there = new Set(existing.map(keyOf))
  const former = new Map((record?.objects ?? []).map((one) => [keyOf(one), one]))
  const own = new Set(objects.map(keyOf))
  return [
    ...objects.map((one) => {
      const key = keyOf(one)
      const isOwn = takeOver || former.get(key)?.created === true || !there.has(key)
      return { ...one, created: isOwn && !isOfCluster(one) }
    }),
    ...(record?.objects ?? []).filter((one) => !own.has(keyOf(one))),
  ]
}

/** Whether taking over would change the record. */
export const isTakenOver = (objects: readonly ObjectName[], record: NetworkRecord | undefined): boolean => {
  const own = new Set((record?.objects ?? []).filter(({ created }) => created).map(keyOf))
  return objects.every((one) => own.has(keyOf(one)) || isOfCluster(one))
}

/** Kinds that are not removed when a newer manifest lacks them: others can have objects in them. */
const containers = new Set(['Namespace', 'CustomResourceDefinition'])

/** What the former manifest had and the new one lacks. */
export interface Dropped {
  /** What is removed. */
  readonly removed: readonly RecordedObject[]
  /** What stays: it was there before, or can have objects of others. */
  readonly left: readonly RecordedObject[]
}

/** What a record has and a manifest lacks. */
export const droppedObjects = (
  record: NetworkRecord | undefined,
  objects: readonly ObjectName[],
): Dropped => {
  const own = new Set(objects.map(keyOf))
  const dropped = (record?.objects ?? []).filter((one) => !own.has(keyOf(one)))
  const isRemoved = ({ created, kind }: RecordedObject): boolean => created && !containers.has(kind)
  return { removed: dropped.filter(isRemoved), left: dropped.filter((one) => !isRemoved(one)) }
}

/** What is to be removed with the network, in the reverse order of the manifest: DaemonSets first, namespaces last. */
export const removalOrder = (objects: readonly RecordedObject[]): RecordedObject[] => {
  const rank = ({ kind }: RecordedObject): number =>
    kind === 'DaemonSet' ? 0 : kind === 'CustomResourceDefinition' ? 2 : kind === 'Namespace' ? 3 : 1
  return objects.toReversed().toSorted((one, other) => rank(one) - rank(other))
}
