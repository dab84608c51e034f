/** Members of etcd that leave for good: which they are, and whether the others keep a quorum. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { quorumAfter } from './arithmetic.ts'
import { seenMembers } from './health.ts'
import { memberOf } from './members.ts'
import type { Member } from './members.ts'
import { quorumNotKnown } from './not-known.ts'

/** The parameters of a control-plane node that leaves. */
export const leavingParams = () => ({
  name: z.string().describe('the name of the control-plane node that leaves'),
  address: z.string().describe('the address that it advertises'),
})

/** A control-plane node that leaves. */
export interface Leaving {
  readonly name: string
  readonly address: string
}

/** The member of a control-plane node that leaves: by its address, or by its name. */
export const leavingMember = (members: readonly Member[], { name, address }: Leaving): Member | undefined =>
  memberOf(members, address) ?? members.find((member) => member.name === name)

/**
 * The arithmetic of each removal, one after the other.
 *
 * @throws `task-failed` if the others would not have a quorum after one of them.
 */
export const removalSums = async (
  ctx: CheckContext,
  members: readonly Member[],
  leaving: readonly Leaving[],
): Promise<string[]> => {
  const seen = await seenMembers(ctx, members)
  const sums: string[] = []
  let left = members
  for (const one of leaving) {
    const member = leavingMember(left, one)
    if (member === undefined) continue
    const { kept, open, sum } = quorumAfter(left, seen, { kind: 'remove', id: member.id })
    if (open) throw quorumNotKnown(`whether etcd keeps its quorum without ${one.name}`, sum, seen)
    if (!kept)
      throw new CoxswainError('task-failed', `without ${one.name}, etcd would lose its quorum: ${sum}`, {
        hint: 'repair the other members first (the task etcd-healthy names them), or add a control-plane node with ha-masters',
      })
    sums.push(sum)
    left = left.filter(({ id }) => id !== member.id)
  }
  return sums
}
