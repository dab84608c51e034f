/** Reports tasks: which they are, how they ended, and what that counts as. */
import { authorsPlace, blamed } from '../../authors-place.ts'
import { isByAuthor } from '../../error-kinds.ts'
import { isCoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import type { Task } from '../../dsl/types.ts'
import type { Change } from '../../dsl/verdict.ts'
import { isSecret, mask } from '../../secret.ts'
import { now } from '../clock.ts'
import type { Outcome, ReportedChange, TaskRef } from '../events.ts'
import type { HostContext } from '../host-context.ts'
import type { Redactor } from '../masking/redactor.ts'
import { shortened } from '../masking/shortened.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import { reportError } from '../report-error.ts'
import type { TaskResult } from './execution.ts'

const reported = (redactor: Redactor, { what, from, to }: Change): ReportedChange => {
  const text = (value: Change['from']): string | undefined => (isSecret(value) ? mask : redactor.maybe(value))
  return { what: redactor.text(what), from: text(from), to: text(to) }
}

const isAuthorsMistake = (error: unknown): boolean => !isCoxswainError(error) || isByAuthor(error.code)

/** The outcome to report: a failure can be ignored or rescued by the play. */
export const provided = (
  { outcome, error }: TaskResult,
  { settings: { ignoreErrors }, makesTasks }: PlannedTask,
  rescuable: boolean,
): Outcome => {
  if (outcome !== 'failed' && outcome !== 'unreachable') return outcome
  // steps that cannot be made are a mistake, as they would be before the run
  if (makesTasks === true && isAuthorsMistake(error)) return outcome
  // an interrupted task is not rescued
  if (isCoxswainError(error) && error.code === 'interrupted') return outcome
  if (outcome === 'failed' && ignoreErrors) return 'ignored'
  return rescuable ? 'rescued' : outcome
}

export const refOf = (run: HostContext, planned: PlannedTask, place: string): TaskRef => {
  const { task, position, role, handler } = planned
  return {
    id: run.nextId(),
    host: run.host,
    play: run.play,
    position,
    name: task.name,
    title: run.scope.redactor.text(task.title),
    role,
    handler,
    on: place === run.host ? undefined : place,
  }
}

/** The place of a task's code, for thrown values without a place. */
const placeOfCode = (task: Task, error: unknown): Place | undefined =>
  task.definedAt() ?? (error instanceof Error ? undefined : task.place())

export const reportEnd = (
  run: HostContext,
  { task }: PlannedTask,
  { ref, result, outcome, began }: { ref: TaskRef; result: TaskResult; outcome: Outcome; began: number },
): void => {
  const { emit, scope, host } = run
  const { changes, why, error } = result
  emit({
    type: 'task-end',
    time: now(),
    task: ref,
    outcome,
    changes: changes.map((change) => reported(scope.redactor, change)),
    why: why === undefined ? undefined : shortened(scope.redactor, why),
    error:
      error === undefined
        ? undefined
        : reportError(
            blamed(error, placeOfCode(task, error)).at({
              host,
              task: ref.title,
              place: authorsPlace(error) ?? task.place(),
            }),
            scope.redactor,
          ),
    ...(result.shown !== undefined && { value: result.value, cards: result.shown.cards }),
    seconds: (performance.now() - began) / 1000,
  })
}

/** Reports a task that was skipped, with the reason. */
export const reportSkipped = (run: HostContext, planned: PlannedTask, why: string): void => {
  reportResult(run, planned, { outcome: 'skipped', changes: [], why }, false)
}

/** Reports a result without running the task. Returns the outcome that it counts as. */
export const reportResult = (
  run: HostContext,
  planned: PlannedTask,
  result: TaskResult,
  rescuable: boolean,
): Outcome => {
  const ref = refOf(run, planned, run.host)
  const outcome = provided(result, planned, rescuable)
  run.emit({ type: 'task-start', time: now(), task: ref })
  reportEnd(run, planned, { ref, result, outcome, began: performance.now() })
  return outcome
}
