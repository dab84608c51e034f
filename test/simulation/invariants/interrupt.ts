import { tasksIn } from '../recipe.ts'
import type { StepRecipe } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** Ids of tasks that are done last, whatever happens. */
const lastOnes = (steps: readonly StepRecipe[]): string[] =>
  steps.flatMap((step) => {
    switch (step.kind) {
      case 'parallel':
        return lastOnes(step.steps)
      case 'background':
        return lastOnes([step.step])
      case 'block':
        return [...lastOnes([...step.steps, ...step.rescue]), ...tasksIn(step.always).map(({ id }) => id)]
      default:
        return []
    }
  })

/** After Ctrl-C no task begins to change anything, except in an `always`; after the second none at all. */
export const interrupt: Invariant = (history) => {
  const wrong: string[] = []
  const last = new Set(history.recipe.plays.flatMap(({ steps }) => lastOnes(steps)))
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
