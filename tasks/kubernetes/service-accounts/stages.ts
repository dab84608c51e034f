/** How far the replacement of the service account key is on a control-plane node. Pure. */

/**
 * How far its files are. `both`: API servers accept tokens of the new key, and a former one signs. `new signs`: the new key signs, and
 * tokens of the former ones are accepted. `new`: they are refused. Files are never taken back.
 */
export const stages = ['former', 'both', 'new signs', 'new'] as const
/** How far a control-plane node is. */
export type Stage = (typeof stages)[number]

/** Whether a control-plane node is as far as a stage, or further. */
export const isAt = (stage: Stage, least: Stage): boolean => stages.indexOf(stage) >= stages.indexOf(least)

/** The names of keys: those that are accepted, and the one that signs. */
export interface Ids {
  readonly accepted: readonly string[]
  readonly signer: string
}

/** The names of the keys before, and that of the new key. */
export interface Pair {
  readonly former: Ids
  readonly next: string
}

/** What the files have at a stage. */
export const idsAt = (stage: Stage, { former, next }: Pair): Ids => ({
  accepted: {
    former: former.accepted,
    both: [...former.accepted, next],
    'new signs': [...former.accepted, next],
    new: [next],
  }[stage],
  signer: isAt(stage, 'new signs') ? next : former.signer,
})

/** Whether both have the same keys. API servers do not look at their order. */
export const isSame = (one: Ids, other: Ids): boolean => {
  const all = new Set(one.accepted)
  const others = new Set(other.accepted)
  return one.signer === other.signer && all.size === others.size && [...all].every((id) => others.has(id))
}

/** How far files are; undefined for keys that no stage has. */
export const stageOf = (ids: Ids, pair: Pair): Stage | undefined =>
  stages.findLast((stage) => isSame(ids, idsAt(stage, pair)))

/** What is known of a control-plane node. */
export interface MasterStage {
  readonly name: string
  /** How far its files are. */
  readonly stage: Stage
  /** Whether its API server might not have read them yet. */
  readonly pending: boolean
  /** Whether its controller manager might not have been restarted since all API servers sign with the new key. */
  readonly controllerPending: boolean
}

const words: Readonly<Record<Stage, string>> = {
  former: '',
  both: 'does not accept tokens of the new key',
  'new signs': 'does not sign with the new key',
  new: 'accepts tokens of the former key',
}

/** Which control-plane nodes are not as far as a stage. @param next where a node that is there already does not have to be waited for. */
const lacking = (least: Stage, masters: readonly MasterStage[], next: Stage): string[] =>
  masters.flatMap(({ name, stage, pending }) => {
    if (!isAt(stage, least)) return [`${name} ${words[least]}`]
    // its API server may still have the files from before
    return pending && (least === next || !isAt(stage, next))
      ? [`the API server of ${name} must be restarted`]
      : []
  })

/** Why tokens cannot be renewed yet; empty if each new one is of the new key. */
export const whyNotRenewed = (masters: readonly MasterStage[]): string[] =>
  lacking('new signs', masters, 'new')

/** Why the former keys cannot be put away yet; empty if no API server has them. */
export const whyNotEnded = (masters: readonly MasterStage[]): string[] => lacking('new', masters, 'new')

/** Why tokens of Secrets cannot be renewed yet: controller managers sign them. */
export const whyNotSigned = (masters: readonly MasterStage[]): string[] => {
  const problems = whyNotRenewed(masters)
  if (problems.length > 0) return problems
  return masters.flatMap(({ name, controllerPending, stage }) =>
    controllerPending && stage !== 'new' ? [`the controller manager of ${name} must be restarted`] : [],
  )
}

/**
 * Why a control-plane node must not go on to a stage; empty if it can.
 *
 * An API server that has not read its files yet is at their stage or at an earlier one.
 *
 * @param masters all control-plane nodes, that node included.
 * @param left what still has tokens of a former key; undefined if that is not known.
 */
export const whyNot = (
  stage: Stage,
  masters: readonly MasterStage[],
  left: readonly string[] | undefined,
): string[] => {
  if (stage === 'new') {
    const problems = whyNotSigned(masters)
    return problems.length > 0 ? problems : [...(left ?? ['it is not known which tokens are in use'])]
  }
  return stage === 'new signs' ? lacking('both', masters, 'new signs') : []
}
