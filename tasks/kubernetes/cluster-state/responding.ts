/** Which members of etcd respond, by all that is known of them. Pure. */
import type { Responses } from '../etcd/arithmetic.ts'
import { valueOf } from './known.ts'
import type { EtcdState, MasterView } from './types.ts'

/** Members that respond, to a read that needs a quorum or at least on their own hosts, and those that could not be asked. */
export const responding = ({ health }: EtcdState, masters: readonly MasterView[]): Responses => {
  const own = masters.flatMap(({ etcd }) => valueOf(etcd)?.memberId ?? [])
  const those = (wanted: string): string[] =>
    Object.entries(health).flatMap(([id, { state }]) => (state === wanted ? [id] : []))
  const healthy = new Set([...own, ...those('healthy')])
  return { healthy, notKnown: new Set(those('unasked').filter((id) => !healthy.has(id))) }
}
