import { tasksIn } from '../recipe.ts'
import { eventsIn, runsIn } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { besideOthers } from './order.ts'

/** A task that runs only if another changed something is skipped otherwise, and not skipped then. */
export const conditions: Invariant = (history) => {
  const wrong: string[] = []
  const tasks = new Map(
    history.recipe.plays.flatMap(({ steps }) => tasksIn(steps)).map((task) => [task.id, task]),
  )
  const beside = new Set(history.recipe.plays.flatMap(({ steps }) => besideOthers(steps)))
  for (const run of runsIn(history)) {
    /** Outcomes by ID and host. */
    const outcomes = new Map<string, string>()
    for (const event of eventsIn(history, run)) {
      if (event.type !== 'task-end' || event.task.handler !== undefined) continue
      const { title, host } = event.task
      const [id = ''] = title.split('.')
      outcomes.set(`${id} ${host}`, event.outcome)
      const recipe = tasks.get(id)
      const after = recipe?.after
      // a task with `once` runs on another host, and a parallel task might still be running
      if (after === undefined || beside.has(after) || beside.has(id)) continue
      if (recipe?.oncePer !== undefined || tasks.get(after)?.oncePer !== undefined) continue
      const before = outcomes.get(`${after} ${host}`)
      const { outcome } = event
      if (before === 'ok' && outcome !== 'skipped' && outcome !== 'failed' && outcome !== 'unreachable')
        wrong.push(`${title} on ${host} is ${outcome} though ${after} changed nothing (${run})`)
      if (before === 'changed' && outcome === 'skipped')
        wrong.push(`${title} on ${host} is skipped though ${after} changed something (${run})`)
    }
  }
  return wrong
}
