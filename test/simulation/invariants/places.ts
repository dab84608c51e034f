import { tasksIn } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** What is done for a host is done there, or on the host that its task names, and as the user that its task becomes. */
export const places: Invariant = (history) => {
  const wrong: string[] = []
  const tasks = new Map(
    history.recipe.plays.flatMap(({ steps }) => tasksIn(steps)).map((task) => [task.id, task]),
  )
  eachMoment(history, {
    effect: ({ effect: { run, host, key, verb, user } }) => {
      // what was begun before any run
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
