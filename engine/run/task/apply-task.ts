/** Applies a task, and checks that it has converged. */
import type { Task } from '../../dsl/types.ts'
import type { Drift, Ok } from '../../dsl/verdict.ts'
import { CoxswainError } from '../../errors.ts'
import { again, allowedLosses, ask, checkFailed, isLost, waitOut } from './execution.ts'
import type { Execution, Look, TaskResult } from './execution.ts'
import { askUntilTimeout, missing } from './wait.ts'

/** Checks the result of an apply. `when` is not evaluated again, because it is about the state before. */
const lookAfter = (task: Task, execution: Execution): Promise<Look> =>
  again(execution, () => execution.watch.run(() => ask(task, execution)))

/** Checks that an apply has converged, and waits while the check returns pending. Returns the value of the check. */
const prove = async (task: Task, execution: Execution): Promise<unknown> => {
  const { check, until } = task
  const waits = check !== undefined && until !== undefined
  const seen = waits
    ? await askUntilTimeout(check, execution.checkContext())
    : await lookAfter(task, execution)
  if (seen.kind === 'pending') return waitOut(task, execution)
  if (seen.kind === 'drift' || seen.kind === 'unknown') {
    throw new CoxswainError('not-converged', `applied, but its check still finds: ${missing(seen)}`)
  }
  return seen.kind === 'ok' ? seen.value : undefined
}

/** After a connection was lost during an apply: the value of the check if the work is done, undefined if it is not. */
const doneAfterLoss = async (
  task: Task,
  execution: Execution,
  cause: unknown,
): Promise<{ readonly value: unknown } | undefined> => {
  if (task.check === undefined) {
    const message = 'the connection was lost during the task, which has no check to find out what it did'
    throw new CoxswainError('outcome-unknown', message, { cause })
  }
  execution.progress('reconnecting', 'the connection was lost; checking what was done')
  const seen = await lookAfter(task, execution)
  if (seen.kind === 'ok' && task.guards) {
    const message = 'the connection was lost during the task, and its guard cannot tell whether it completed'
    throw new CoxswainError('outcome-unknown', message, { cause })
  }
  if (seen.kind === 'pending') return { value: await waitOut(task, execution) }
  return seen.kind === 'ok' ? { value: seen.value } : undefined
}

/** What an apply returned, and the value of the check after it. */
interface Applied {
  readonly said: unknown
  readonly value: unknown
}

/** Applies a task and checks the result. After a lost connection, it checks before it applies again. */
export const applyAndProve = async (task: Task, execution: Execution, seen: Look): Promise<Applied> => {
  const { check, apply } = task
  if (apply === undefined) throw checkFailed(task, seen)
  let said: unknown
  for (let lost = 0; ; lost += 1) {
    execution.progress('applying')
    try {
      const found = await execution.changing(() => execution.watch.run(() => apply(execution.applyContext())))
      // after a lost connection, its findings may be the work of the first attempt
      if (lost === 0) said = found
      break
    } catch (error) {
      if (!isLost(error) || lost >= allowedLosses) throw error
      // it is not known what the first attempt has changed
      const done = await doneAfterLoss(task, execution, error)
      if (done !== undefined) return { said: undefined, ...done }
    }
  }
  // the steps that use its value can make what its guard looks at
  const isProven = check !== undefined && !(task.guards && execution.isSource === true)
  return { said, value: isProven ? await prove(task, execution) : undefined }
}

const isFinding = (said: unknown): said is Ok<unknown> | Drift =>
  typeof said === 'object' && said !== null && 'kind' in said && (said.kind === 'ok' || said.kind === 'drift')

/** The value that an apply returned. */
export const gaveBy = (said: unknown): unknown =>
  isFinding(said) && 'value' in said ? said.value : undefined

/**
 * The changes of a run: those of the check or, if only the apply could find them out, those of apply. Its value: what apply returned, else
 * what the check after it found.
 */
export const changedBy = (
  { knownAfter }: Task,
  seen: Look,
  { said, value: checked }: Applied,
): TaskResult => {
  const value = gaveBy(said) ?? checked
  if (seen.kind === 'drift' && !knownAfter) return { outcome: 'changed', changes: seen.changes, value }
  if (!(seen.kind === 'unknown' || knownAfter) || !isFinding(said))
    return { outcome: 'changed', changes: [], value }
  return said.kind === 'ok'
    ? { outcome: 'ok', changes: [], value }
    : { outcome: 'changed', changes: said.changes, value }
}
