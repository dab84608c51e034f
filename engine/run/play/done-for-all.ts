import { CoxswainError } from '../../errors.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import { tellResult, tellSkipped } from '../task/run-task.ts'
import type { Ended } from '../task/run-task.ts'
import type { PlayHost } from './play-host.ts'
import { standingOf } from './standing.ts'

/**
 * Does a task that one host does for all, or tells what has come of it on the host that did.
 *
 * @param round how often a handler has had its turn here, this one counted: what notified it again is not done yet.
 */
export const doneForAll = async (
  run: PlayHost,
  planned: PlannedTask,
  { rescuable, round }: { readonly rescuable: boolean; readonly round: number },
  work: () => Promise<Ended | undefined>,
): Promise<Ended | undefined> => {
  const { play, batch, host, once } = run
  const { task, handler, twin, settings } = planned
  const span = settings.oncePer === 'batch' ? [play, batch] : [play, 'run']
  const key = JSON.stringify([...span, handler ?? '', task.name, task.title, twin, round])
  const result = await once.attempt(key, host, work)
  if ('own' in result) return result.own
  const { done } = result
  if (standingOf[done.outcome] === 'well') {
    tellSkipped(run, planned, `done once, on ${done.host}`)
    return { outcome: done.outcome, began: false }
  }
  const error = new CoxswainError(
    'task-failed',
    `it failed on ${done.host}, where it is done for all hosts`,
    { hint: `see what is said of ${done.host}` },
  )
  const told = tellResult(run, planned, { outcome: 'failed', changes: [], error }, rescuable)
  return { outcome: told, began: false }
}
