/** Which members of etcd respond, by all that is known of them. Pure. */
import { valueOf } from './known.ts'
import type { EtcdState, MasterView } from './types.ts'

/** IDs of members that respond: to a read that needs a quorum, or at least on their own hosts. */
export const responding = ({ health }: EtcdState, masters: readonly MasterView[]): ReadonlySet<string> => {
  const own = masters.flatMap(({ etcd }) => valueOf(etcd)?.memberId ?? [])
  const healthy = Object.entries(health).flatMap(([id, { state }]) => (state === 'healthy' ? [id] : []))
  return new Set([...own, ...healthy])
}
