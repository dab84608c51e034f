/** The arithmetic of quorums: how many members vote, how many are needed, what is left after a step. Pure. */
import { counted } from '../../shared/counted.ts'
import { nameOf } from './members.ts'
import type { Member } from './members.ts'

/** What a number of healthy members means. */
const meaning = (healthy: number, needed: number): string => {
  if (healthy < needed) return 'etcd does not accept writes'
  return healthy === needed
    ? 'no further loss is tolerated'
    : `${counted(healthy - needed, 'more member')} can fail`
}

/** Whether a cluster has a quorum, and the numbers that say so. */
export interface Quorum {
  /** Whether a majority of the voting members is healthy. */
  readonly kept: boolean
  /** How many more can fail; 0 without a quorum. */
  readonly spare: number
  /** Such as `3 members, 2 needed, 3 healthy: 1 more member can fail`. */
  readonly sum: string
}

/** What a step does to the members. */
export type MemberStep =
  /** The member leaves for good. */
  | { readonly kind: 'remove'; readonly id: string }
  /** A new member, which votes once it has started. */
  | { readonly kind: 'add'; readonly name: string }
  /** The member does not respond for some time, such as `while m1 restarts`. */
  | { readonly kind: 'away'; readonly id: string; readonly while: string }

/** Voting members and healthy ones among them. */
interface Counts {
  readonly voting: number
  readonly healthy: number
}

const needed = ({ voting }: Counts): number => Math.floor(voting / 2) + 1

const numbers = (counts: Counts): string =>
  `${counted(counts.voting, 'member')}, ${needed(counts)} needed, ${counts.healthy} healthy`

const countsOf = (members: readonly Member[], healthy: ReadonlySet<string>): Counts => {
  const voting = members.filter(({ learner }) => !learner)
  return { voting: voting.length, healthy: voting.filter(({ id }) => healthy.has(id)).length }
}

const judged = (counts: Counts): Pick<Quorum, 'kept' | 'spare'> => ({
  // without a member, nothing is kept
  kept: counts.voting > 0 && counts.healthy >= needed(counts),
  spare: Math.max(0, counts.healthy - needed(counts)),
})

/**
 * The quorum of a cluster as it is. Learners do not count.
 *
 * @param healthy IDs of the members that respond.
 */
export const quorumNow = (members: readonly Member[], healthy: ReadonlySet<string>): Quorum => {
  const counts = countsOf(members, healthy)
  return { ...judged(counts), sum: `${numbers(counts)}: ${meaning(counts.healthy, needed(counts))}` }
}

/** The members after a step, in words: when, and the counts. */
const target = (
  members: readonly Member[],
  healthy: ReadonlySet<string>,
  step: MemberStep,
): readonly [when: string, counts: Counts] => {
  if (step.kind === 'add') {
    const { voting, healthy: well } = countsOf(members, healthy)
    return [`after adding ${step.name}`, { voting: voting + 1, healthy: well + 1 }]
  }
  const others = members.filter(({ id }) => id !== step.id)
  if (step.kind === 'remove') {
    const leaving = members.find(({ id }) => id === step.id)
    const name = leaving === undefined ? 'it' : leaving.name || nameOf(leaving)
    return [`after removing ${name}`, countsOf(others, healthy)]
  }
  const left = new Set([...healthy].filter((id) => id !== step.id))
  return [step.while, countsOf(members, left)]
}

/**
 * The quorum after a step, judged on the members as they are then.
 *
 * @param healthy IDs of the members that respond now.
 * @example
 * quorumAfter(members, healthy, { kind: 'remove', id: m2.id }).sum
 * // 3 members, 2 needed, 3 healthy; after removing m2: 2 members, 2 needed, 2 healthy: no further loss is tolerated
 */
export const quorumAfter = (
  members: readonly Member[],
  healthy: ReadonlySet<string>,
  step: MemberStep,
): Quorum => {
  const [when, counts] = target(members, healthy, step)
  const after = `${numbers(counts)}: ${meaning(counts.healthy, needed(counts))}`
  return { ...judged(counts), sum: `${numbers(countsOf(members, healthy))}; ${when}: ${after}` }
}

/** What is wrong with an even number of members; undefined for an odd one. */
export const evenNumberOf = (voting: number): string | undefined => {
  if (voting % 2 === 1) return undefined
  const needs = (count: number): string => `${count} need ${needed({ voting: count, healthy: 0 })}`
  return `${voting} members tolerate as many losses as ${voting - 1}: ${needs(voting)}, ${needs(voting - 1)}`
}
