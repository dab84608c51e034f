/** Reads the etcd cluster, from the first control-plane node whose member responds. */
import { CoxswainError, isCoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { alarmsOf } from '../etcd/alarms.ts'
import { memberHealth } from '../etcd/health.ts'
import { agreedMembers } from '../etcd/members.ts'
import { known, notKnown } from './known.ts'
import type { EtcdState } from './types.ts'

const readFrom = async (ctx: CheckContext): Promise<EtcdState | undefined> => {
  const members = await agreedMembers(ctx)
  if (members === undefined) return undefined
  const [health, { raised, problems }] = await Promise.all([
    memberHealth(ctx, members),
    alarmsOf(ctx, members),
  ])
  return {
    from: ctx.host.name,
    members,
    health: Object.fromEntries(health),
    alarms: problems.length === 0 ? known(raised) : notKnown(problems.join('; ')),
  }
}

/**
 * The etcd cluster.
 *
 * @param hosts control-plane nodes that can be reached, those first whose etcd is expected to respond.
 * @returns no members if etcd does not respond on any of them.
 * @throws `task-failed` if none could be asked.
 */
export const readEtcd = async (hosts: readonly CheckContext[]): Promise<EtcdState> => {
  const reasons: string[] = []
  let silent: string | undefined
  for (const ctx of hosts) {
    try {
      const found = await readFrom(ctx)
      if (found !== undefined) return found
      silent ??= ctx.host.name
    } catch (error) {
      if (!isCoxswainError(error) || error.code === 'interrupted') throw error
      reasons.push(error.message)
    }
  }
  if (silent === undefined)
    throw new CoxswainError('task-failed', reasons[0] ?? 'no control-plane node can be reached')
  return { from: silent, members: [], health: {}, alarms: notKnown('etcd does not respond') }
}
