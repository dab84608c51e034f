import type { StepRecipe } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** IDs of tasks that run at the end in any case: those of an `always`, and handlers if it contains a flush. */
const lastOnes = (steps: readonly StepRecipe[], handlers: readonly string[], last = false): string[] =>
  steps.flatMap((step) => {
    switch (step.kind) {
      case 'task':
        return last ? [step.id] : []
      case 'flush':
        return last ? handlers : []
      case 'parallel':
        return lastOnes(step.steps, handlers, last)
      case 'background':
        return lastOnes([step.step], handlers, last)
      case 'block':
        return [
          ...lastOnes([...step.steps, ...step.rescue], handlers, last),
          ...lastOnes(step.always, handlers, true),
        ]
      case 'join':
        return []
    }
  })

/** After Ctrl-C no task starts to change anything, except in an `always`; after the second Ctrl-C none at all. */
export const interrupt: Invariant = (history) => {
  const wrong: string[] = []
  const last = new Set(history.recipe.plays.flatMap(({ steps, handlers }) => lastOnes(steps, handlers)))
  /** How often a run was interrupted. */
  const times = new Map<string, number>()
  const late = new Map<string, number>()
  eachMoment(history, {
    fault: ({ run, text }) => {
      if (run !== undefined && text === 'Ctrl-C') times.set(run, (times.get(run) ?? 0) + 1)
    },
    event: ({ run, event }) => {
      if (event.type === 'task-start') late.set(`${run} ${event.task.id}`, times.get(run) ?? 0)
      if (event.type !== 'task-progress' || event.what !== 'applying') return
      const { title, id, host } = event.task
      const before = late.get(`${run} ${id}`) ?? 0
      if (before > 1 || (before === 1 && !last.has(title.split('.')[0] ?? '')))
        wrong.push(`${title} began on ${host} after ${before} times Ctrl-C (${run})`)
    },
  })
  return wrong
}
