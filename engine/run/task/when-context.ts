import type { CheckContext, Task } from '../../dsl/types.ts'
import { CoxswainError } from '../../errors.ts'
import type { GivenContext } from '../plan/given-task.ts'
import { valueReader } from './values.ts'
import type { Reading } from './values.ts'

/** The context of a condition and of the first check: that of a check, with what earlier tasks gave. */
export const whenContext = (ctx: CheckContext, reading: Reading): GivenContext => {
  const { scope, host, outcomeOf, valueOf } = reading
  return {
    ...ctx,
    outcomeOf,
    changed: (task) => {
      const outcome = outcomeOf(task)
      return outcome === 'changed' || outcome === 'would change'
    },
    outputOf: <Value>(task: Task<Value>): Value | undefined => {
      // without its outcome, a check before the turn of the task would take it for one that gave nothing
      outcomeOf(task)
      if (scope.givesLater(host, task))
        throw new CoxswainError('task-failed', `the value of "${task.title}" is not known yet`)
      return valueOf(host, task)?.value
    },
    readValues: valueReader(reading),
  }
}
