/** What Coxswain has set on a node, so that it removes that, and nothing else, when it is no longer wanted. */
import { z } from '../../../engine/index.ts'
import type { Change } from '../../../engine/index.ts'
import type { NodeObject, NodePatch, NodeTaint } from './node.ts'

/** The annotations that record it. */
export const records = { labels: 'coxswain/labels', taints: 'coxswain/taints' } as const

/** A difference between a node and what is wanted of it, and the patch that removes it. */
export interface NodeDifference {
  readonly changes: readonly Change[]
  readonly patch: NodePatch
}

/** The content of a record; one that cannot be read counts as none: what it says is then left on the node. */
const recorded = <Value>(text: string | undefined, schema: z.ZodType<Value>, none: Value): Value => {
  if (text === undefined) return none
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return none
  }
}

/** The change of a record; none if it says what is wanted. */
const recordChange = (name: string, from: string | undefined, to: string | undefined): Change[] =>
  from === to ? [] : [{ what: `annotation ${name}`, from, to }]

const labelsSchema = z.record(z.string(), z.string())

/** Labels by their names, in one order. */
const sorted = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1)))

/** What a node lacks of wanted labels, and has of labels that are no longer wanted. Labels of others are not looked at. */
export const labelDifference = (
  { labels, annotations }: Pick<NodeObject, 'labels' | 'annotations'>,
  wanted: Readonly<Record<string, string>>,
): NodeDifference | undefined => {
  const record = annotations[records.labels]
  const former = recorded(record, labelsSchema, {})
  const set = Object.entries(sorted(wanted)).filter(([key, value]) => labels[key] !== value)
  const gone = Object.entries(former).filter(
    // one that someone has changed since is theirs
    ([key, value]) => !(key in wanted) && labels[key] === value,
  )
  const next = Object.keys(wanted).length === 0 ? undefined : JSON.stringify(sorted(wanted))
  const changes = [
    ...set.map(([key, to]) => ({ what: `label ${key}`, from: labels[key], to })),
    ...gone.map(([key, from]) => ({ what: `label ${key}`, from, to: undefined })),
    ...recordChange(records.labels, record, next),
  ]
  if (changes.length === 0) return undefined
  return {
    changes,
    patch: {
      labels: Object.fromEntries([...set, ...gone.map(([key]) => [key, null] as const)]),
      annotations: { [records.labels]: next ?? null },
    },
  }
}

/** A taint as kubectl writes it. */
export const taintText = ({ key, value = '', effect }: NodeTaint): string =>
  `${key}${value === '' ? '' : `=${value}`}:${effect}`

/** A node has one taint of a key and an effect. */
const placeOf = ({ key, effect }: NodeTaint): string => `${key}:${effect}`

/** What a node lacks of wanted taints, and has of taints that are no longer wanted. Taints of others are not looked at. */
export const taintDifference = (
  { taints, annotations }: Pick<NodeObject, 'taints' | 'annotations'>,
  wanted: readonly NodeTaint[],
): NodeDifference | undefined => {
  const record = annotations[records.taints]
  const former = recorded(record, z.array(z.string()), [])
  const find = (list: readonly NodeTaint[], one: NodeTaint): NodeTaint | undefined =>
    list.find((other) => placeOf(other) === placeOf(one))
  const same = (one: NodeTaint, other: NodeTaint | undefined): boolean =>
    other !== undefined && taintText(one) === taintText(other)
  const set = wanted.filter((one) => !same(one, find(taints, one)))
  const gone = taints.filter(
    // one that someone has changed since is theirs
    (one) => find(wanted, one) === undefined && former.includes(taintText(one)),
  )
  const next = wanted.length === 0 ? undefined : JSON.stringify(wanted.map(taintText).toSorted())
  const changes = [
    ...set.map((one) => {
      const there = find(taints, one)
      return {
        what: `taint ${placeOf(one)}`,
        from: there === undefined ? undefined : taintText(there),
        to: taintText(one),
      }
    }),
    ...gone.map((one) => ({ what: `taint ${placeOf(one)}`, from: taintText(one), to: undefined })),
    ...recordChange(records.taints, record, next),
  ]
  if (changes.length === 0) return undefined
  const kept = taints.filter((one) => !gone.includes(one) && find(set, one) === undefined)
  return {
    changes,
    patch: {
      annotations: { [records.taints]: next ?? null },
      ...((set.length > 0 || gone.length > 0) && { spec: { taints: [...kept, ...set] } }),
    },
  }
}
