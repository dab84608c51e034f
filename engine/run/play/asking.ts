/** Reads a host without changing it: conditions of blocks, and checks ahead of their turn. */
import type { Outcome } from '../../dsl/outcome.ts'
import type { Task } from '../../dsl/types.ts'
import { checkContext } from '../task/contexts.ts'
import { holds } from '../task/condition.ts'
import { again, look, lookContext } from '../task/execution.ts'
import { resultOf } from '../task/execute-task.ts'
import type { Look, TaskResult } from '../task/execution.ts'
import type { PlayHost } from './play-host.ts'
import { TooEarly } from './look-ahead.ts'
import type { Condition, PlannedTask } from '../plan/planned-steps.ts'
import { contextOptions, onBehalf, placeOf, readingOf } from '../task/run-task.ts'
import { TaskWatch } from '../task/task-watch.ts'
import { whenContext } from '../task/when-context.ts'

/**
 * Evaluates the condition of several steps. Returns whether they run, or the result of a failed condition.
 *
 * As for the condition of a task, a lost connection is made again, and under `--check` the condition can depend on a
 * predicted change.
 */
export const askCondition = async (run: PlayHost, condition: Condition): Promise<boolean | TaskResult> => {
  const { scope, host, checkMode, signal } = run
  const { when, about } = condition
  const watch = new TaskWatch(signal, undefined)
  let place = host
  try {
    place = await placeOf(run, about)
    const options = contextOptions(run, about, place, watch)
    const ctx = whenContext(checkContext(scope, place, options), readingOf(run, place, options))
    const ask = (): Promise<boolean> => watch.run(() => holds(when, ctx))
    return await again({ progress: () => {} }, ask)
  } catch (error) {
    const { changePredicted } = scope
    return onBehalf(host, place, resultOf(error, { host: place, watch, checkMode, changePredicted }))
  } finally {
    watch.end()
  }
}

/** Checks a task before its turn; undefined if it depends on the outcomes of earlier tasks. */
export const lookEarly = async (run: PlayHost, planned: PlannedTask): Promise<Look | undefined> => {
  const watch = new TaskWatch(run.signal, undefined)
  let tooEarly = false
  try {
    const place = await placeOf(run, planned)
    const options = contextOptions(run, planned, place, watch)
    const outcomeOf = (task: Task): Outcome | undefined => {
      const known = run.outcomeOf(task)
      if (known !== undefined) return known
      tooEarly = true
      throw new TooEarly()
    }
    const reading = { ...readingOf(run, place, options), outcomeOf }
    const context = lookContext(() => checkContext(run.scope, place, options), reading)
    const seen = await look(planned.task, context, watch)
    // the author's code may have caught the exception
    return tooEarly ? undefined : seen
  } catch (error) {
    if (tooEarly) return undefined
    throw error
  } finally {
    watch.end()
  }
}
