import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { memberOf } from './etcd-member.ts'
import { healthyUrls, listMembers, removeMember } from './etcd.ts'
import type { Member } from './etcd.ts'

/**
 * Whether the cluster keeps its quorum without a member: what is left must hold a majority of healthy members.
 *
 * @param healthy client URLs of the members that answer.
 */
export const keepsQuorum = (members: readonly Member[], leaving: Member, healthy: number): boolean => {
  const left = members.filter((member) => member.id !== leaving.id)
  return left.length > 0 && healthy >= Math.floor(left.length / 2) + 1
}

/** How many members answer, the one at an address not counted. */
export const healthyWithout = async (via: CheckContext, address: string): Promise<number> => {
  const urls = await healthyUrls(via)
  return urls.filter((url) => !url.startsWith(`https://${address}:`)).length
}

/** Takes the member at an address off the list; nothing where it is not on it. */
export const removeListed = async (via: ApplyContext, address: string): Promise<void> => {
  const listed = memberOf((await listMembers(via)) ?? [], address)
  if (listed !== undefined) await removeMember(via, listed.id)
}
