import type { Explanation, Failure } from '../../dsl/explanation.ts'
import type { CheckContext, Task } from '../../dsl/types.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { isConnectionError } from '../../error-kinds.ts'
import type { TaskResult } from './execution.ts'

/** Seconds in which a host can be asked for the cause of a failure: the run waits for it. */
export const explainSeconds = 60

const withExplanation = (error: CoxswainError, { text, hint }: Explanation): CoxswainError => {
  const { code, message, host, task, place, output, cause, stack } = error
  const explained = new CoxswainError(code, message, {
    host,
    task,
    place,
    cause,
    hint: hint ?? error.hint,
    output: [output ?? [], text].flat().join('\n'),
  })
  if (stack !== undefined) explained.stack = stack
  return explained
}

/**
 * The result of a task that failed, with what its host knows of the cause. A task that cannot be explained keeps its error: the reason
 * for the failure can also be a reason for not being able to ask.
 *
 * @param asking does work with a context that only reads; it is not called where there is nothing to ask.
 */
export const explainFailure = async (
  task: Task,
  result: TaskResult,
  seconds: number,
  asking: <Value>(work: (ctx: CheckContext) => Promise<Value>) => Promise<Value>,
): Promise<TaskResult> => {
  const { error } = result
  const { explain } = task
  if (explain === undefined || result.outcome !== 'failed') return result
  if (!isCoxswainError(error) || isConnectionError(error.code) || error.code === 'interrupted') return result
  const failure: Failure = { error, seconds }
  try {
    const explanation = await asking((ctx) => explain(ctx, failure))
    return explanation === undefined ? result : { ...result, error: withExplanation(error, explanation) }
  } catch {
    return result
  }
}
