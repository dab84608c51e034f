import { tasksIn } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** A task for a host runs on that host, or on the host that it names, and as its user. */
export const places: Invariant = (history) => {
  const wrong: string[] = []
  const tasks = new Map(
    history.recipe.plays.flatMap(({ steps }) => tasksIn(steps)).map((task) => [task.id, task]),
  )
  eachMoment(history, {
    effect: ({ effect: { run, host, key, verb, user } }) => {
      // commands that started before any run
      if (verb === 'rise') return
      const [id = '', , owner = host] = key.split('.')
      const task = tasks.get(id)
      const where = task?.on ?? owner
      if (host !== where) wrong.push(`${key} was asked for on ${host}, not on ${where} (${run})`)
      if (user !== (task?.user ?? ''))
        wrong.push(`${key} was asked for as ${user || 'the login user'} on ${host} (${run})`)
    },
  })
  return wrong
}
