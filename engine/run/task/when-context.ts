import type { CheckContext, Task, WhenContext } from '../../dsl/types.ts'
import { CoxswainError } from '../../errors.ts'
import { whyItMayChange } from './values.ts'
import type { Reading } from './values.ts'
import type { RunScope } from '../scope.ts'

/** A context under `--check` that does not give facts which a predicted change may change, on this and other hosts. */
const unlessPredicted = (scope: RunScope, ctx: CheckContext): CheckContext => ({
  ...ctx,
  fact: <Value>(task: Task<Value>): Promise<Value> => {
    const why = whyItMayChange(scope, ctx.host.name, task)
    if (why === undefined) return ctx.fact(task)
    return Promise.reject(new CoxswainError('task-failed', `the fact "${task.title}" is not known: ${why}`))
  },
  on: async (selector) => unlessPredicted(scope, await ctx.on(selector)),
})

/**
 * The context of a condition: that of a check, with what earlier tasks gave. Under `--check`, a fact that may change before its turn in a run
 * is not known.
 */
export const whenContext = (ctx: CheckContext, reading: Reading): WhenContext => {
  const { scope, host, checkMode, outcomeOf, valueOf } = reading
  return {
    ...(checkMode ? unlessPredicted(scope, ctx) : ctx),
    outcomeOf,
    changed: (task: Task): boolean => {
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
  }
}
