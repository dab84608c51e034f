/** The records of a move on all control-plane nodes. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { moveRecord, recordedMove } from './move.ts'
import type { Asking, Move, OpenMove } from './move.ts'
import { isSameEndpoint } from './servers.ts'

/** Another host, or this one. */
export const contextOf = async (ctx: CheckContext, name: string): Promise<CheckContext> =>
  name === ctx.host.name ? ctx : ctx.on(name)

/** What is recorded on all control-plane nodes. */
export const allRecords = async (
  ctx: CheckContext,
  { masters }: Pick<Asking, 'masters'>,
): Promise<Move[]> => {
  const found = await Promise.all(masters.map(async ({ name }) => recordedMove(await contextOf(ctx, name))))
  return found.flatMap((one) => one ?? [])
}

/**
 * Checks that nodes have recorded a move before anything refers to the new endpoint: they would not know which one the cluster has left.
 *
 * @throws `task-failed` with those that have not.
 */
export const requireRecords = async (
  on: readonly CheckContext[],
  { to, isRecorded }: OpenMove,
): Promise<void> => {
  if (!isRecorded) return
  const lacking = await Promise.all(
    on.map(async (one) => {
      const recorded = await recordedMove(one)
      const isThere = recorded !== undefined && isSameEndpoint(recorded.to, to)
      return isThere || one.predicted(moveRecord) ? [] : [one.host.name]
    }),
  )
  if (lacking.flat().length === 0) return
  throw new CoxswainError(
    'task-failed',
    `the move to ${to} is not recorded on ${lacking.flat().join(', ')}`,
    {
      hint: 'run playbooks/move-endpoint.ts from its beginning and for all hosts, without --limit and --start-at-task; nothing was changed here',
    },
  )
}
