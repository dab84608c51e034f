import { CoxswainError } from '../../errors.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import { reportResult, reportSkipped } from '../task/report-task.ts'
import type { Ended } from '../task/run-task.ts'
import type { PlayHost } from './play-host.ts'
import { standingOf } from './standing.ts'

/**
 * Runs a task that one host runs for all, or reports its result on the host that ran it.
 *
 * @param round how often the handler has run here, including this time: a new notification makes it run again.
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
    reportSkipped(run, planned, `done once, on ${done.host}`)
    return { outcome: done.outcome, began: false, value: done.value }
  }
  const error = new CoxswainError('task-failed', `it failed on ${done.host}, which runs it for all hosts`, {
    hint: `see the error of ${done.host}`,
  })
  const outcome = reportResult(run, planned, { outcome: 'failed', changes: [], error }, rescuable)
  return { outcome: outcome, began: false }
}
