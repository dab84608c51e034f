import { tasksIn } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** Every run ends, and the last runs, which are not disturbed, change nothing. */
export const ending: Invariant = (history) => {
  const wrong: string[] = []
  const [, last] = history.calm
  // a task with `once` runs on whichever host comes first, and a condition can depend on it: that differs between runs
  const varying = new Set(
    history.recipe.plays
      .flatMap(({ steps }) => tasksIn(steps))
      .filter(({ oncePer, after }) => oncePer !== undefined || after !== undefined)
      .map(({ id }) => id),
  )
  eachMoment(history, {
    over: ({ run, how }) => {
      if (how === 'hung' || how === 'threw') wrong.push(`${run} ${how}`)
    },
    event: ({ run, event }) => {
      if (event.type !== 'task-end' || !history.calm.includes(run)) return
      const { task, outcome } = event
      if (!['ok', 'changed', 'skipped'].includes(outcome))
        wrong.push(
          `${task.title} on ${task.host} is ${outcome} though nothing disturbs ${run}: ${event.error?.message ?? ''}`,
        )
      if (
        run === last &&
        task.name !== 'act' &&
        outcome === 'changed' &&
        !varying.has(task.title.split('.')[0] ?? '')
      )
        wrong.push(`${task.title} on ${task.host} is changed in a second run`)
    },
  })
  return wrong
}
