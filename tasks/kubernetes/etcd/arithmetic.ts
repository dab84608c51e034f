/** The arithmetic of quorums: how many members vote, how many are needed, what is left after a step. Pure. */
import { counted } from '../../shared/counted.ts'
import { nameOf } from './members.ts'
import type { Member } from './members.ts'

/** What is known of the members, by their IDs. One that is in neither set does not respond. */
export interface Responses {
  /** Those that respond. */
  readonly healthy: ReadonlySet<string>
  /** Those that could not be asked: they can be healthy or not. */
  readonly notKnown: ReadonlySet<string>
}

/** All members respond. */
export const allRespond = (members: readonly Member[]): Responses => ({
  healthy: new Set(members.map(({ id }) => id)),
  notKnown: new Set(),
})

/** Whether a cluster has a quorum, and the numbers that say so. */
export interface Quorum {
  /** Whether a majority of the voting members is healthy, whatever is true of those that could not be asked. */
  readonly kept: boolean
  /** Whether those that could not be asked decide: it is not known whether there is a quorum. */
  readonly open: boolean
  /** How many more can fail, as far as is known; 0 without a quorum. */
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

/** Voting members, healthy ones among them, and those of which nothing is known. */
interface Counts {
  readonly voting: number
  readonly healthy: number
  readonly notKnown: number
}

const needed = (voting: number): number => Math.floor(voting / 2) + 1

const numbers = ({ voting, healthy, notKnown }: Counts): string =>
  [
    counted(voting, 'member'),
    `${needed(voting)} needed`,
    `${healthy} healthy`,
    ...(notKnown > 0 ? [`${notKnown} not known`] : []),
  ].join(', ')

const countsOf = (members: readonly Member[], { healthy, notKnown }: Responses): Counts => {
  const voting = members.filter(({ learner }) => !learner)
  return {
    voting: voting.length,
    healthy: voting.filter(({ id }) => healthy.has(id)).length,
    notKnown: voting.filter(({ id }) => notKnown.has(id)).length,
  }
}

const judged = ({ voting, healthy, notKnown }: Counts): Omit<Quorum, 'sum'> => {
  // without a member, nothing is kept
  const isEnough = (count: number): boolean => voting > 0 && count >= needed(voting)
  const kept = isEnough(healthy)
  return {
    kept,
    open: !kept && isEnough(healthy + notKnown),
    spare: Math.max(0, healthy - needed(voting)),
  }
}

/** What the counts mean. */
const meaning = (counts: Counts): string => {
  const { kept, open, spare } = judged(counts)
  if (open) return 'it is not known whether etcd accepts writes'
  if (!kept) return 'etcd does not accept writes'
  if (spare > 0) return `${counted(spare, 'more member')} can fail`
  return counts.notKnown > 0 ? 'no further loss is known to be tolerated' : 'no further loss is tolerated'
}

/** The quorum of a cluster as it is. Learners do not count. */
export const quorumNow = (members: readonly Member[], responses: Responses): Quorum => {
  const counts = countsOf(members, responses)
  return { ...judged(counts), sum: `${numbers(counts)}: ${meaning(counts)}` }
}

const without = (ids: ReadonlySet<string>, left: string): ReadonlySet<string> =>
  new Set([...ids].filter((id) => id !== left))

/** The members after a step, in words: when, and the counts. */
const target = (
  members: readonly Member[],
  responses: Responses,
  step: MemberStep,
): readonly [when: string, counts: Counts] => {
  if (step.kind === 'add') {
    const now = countsOf(members, responses)
    return [`after adding ${step.name}`, { ...now, voting: now.voting + 1, healthy: now.healthy + 1 }]
  }
  if (step.kind === 'remove') {
    const leaving = members.find(({ id }) => id === step.id)
    const name = leaving === undefined ? 'it' : leaving.name || nameOf(leaving)
    return [
      `after removing ${name}`,
      countsOf(
        members.filter(({ id }) => id !== step.id),
        responses,
      ),
    ]
  }
  const left = {
    healthy: without(responses.healthy, step.id),
    notKnown: without(responses.notKnown, step.id),
  }
  return [step.while, countsOf(members, left)]
}

/**
 * The quorum after a step, judged on the members as they are then.
 *
 * @param responses what is known of the members now.
 * @example
 * quorumAfter(members, allRespond(members), { kind: 'remove', id: m2.id }).sum
 * // 3 members, 2 needed, 3 healthy; after removing m2: 2 members, 2 needed, 2 healthy: no further loss is tolerated
 */
export const quorumAfter = (members: readonly Member[], responses: Responses, step: MemberStep): Quorum => {
  const [when, counts] = target(members, responses, step)
  const after = `${numbers(counts)}: ${meaning(counts)}`
  return { ...judged(counts), sum: `${numbers(countsOf(members, responses))}; ${when}: ${after}` }
}

/** What is wrong with an even number of members; undefined for an odd one. */
export const evenNumberOf = (voting: number): string | undefined => {
  if (voting % 2 === 1) return undefined
  const needs = (count: number): string => `${count} need ${needed(count)}`
  return `${voting} members tolerate as many losses as ${voting - 1}: ${needs(voting)}, ${needs(voting - 1)}`
}
