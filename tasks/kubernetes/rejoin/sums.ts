/** The quorum of etcd while control-plane nodes leave and join again, one after the other. Pure. */
import { quorumAfter } from '../etcd/arithmetic.ts'
import type { Responses } from '../etcd/arithmetic.ts'
import type { Member } from '../etcd/members.ts'
import { memberOfIdentity } from './others.ts'
import type { Change } from './faults.ts'

/** What happens to etcd with one node after the other. */
export interface Sums {
  /** The arithmetic of each step. */
  readonly lines: readonly string[]
  /** The step after which etcd would not have a quorum, or it is not known; undefined if there is none. */
  readonly lost: { readonly line: string; readonly open: boolean } | undefined
}

/** The members after a node has joined again, and what is known of them. */
const joined = (
  members: readonly Member[],
  seen: Responses,
  { to }: Change,
): readonly [readonly Member[], Responses] => {
  const id = `the new member ${to.name}`
  const member: Member = {
    id,
    name: to.name,
    peerUrl: `https://${to.address}:2380`,
    clientUrls: [],
    started: true,
    learner: false,
  }
  return [[...members, member], { ...seen, healthy: new Set([...seen.healthy, id]) }]
}

/** The arithmetic of all steps: each node is removed, and added again before the next one is removed. */
export const rejoinSums = (members: readonly Member[], seen: Responses, changes: readonly Change[]): Sums => {
  const lines: string[] = []
  let [left, known] = [members, seen]
  for (const change of changes) {
    const own = memberOfIdentity(left, change.from)
    const steps =
      own === undefined
        ? [{ kind: 'add' as const, name: change.to.name }]
        : [
            { kind: 'remove' as const, id: own.id },
            { kind: 'add' as const, name: change.to.name },
          ]
    for (const step of steps) {
      const { kept, open, sum } = quorumAfter(left, known, step)
      lines.push(sum)
      if (!kept) return { lines, lost: { line: sum, open } }
      if (step.kind === 'remove') left = left.filter(({ id }) => id !== step.id)
      else [left, known] = joined(left, known, change)
    }
  }
  return { lines, lost: undefined }
}
