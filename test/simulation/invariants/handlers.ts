import { handlerKey, tasksIn } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { isChange } from '../world/host.ts'

/**
 * Every notified handler runs after the change: in that run or in a later one, and at the latest in the next run that is
 * not disturbed.
 */
export const handlers: Invariant = (history) => {
  if (!history.remembered) return []
  const notified = new Map(
    history.recipe.plays.flatMap(({ steps }) => tasksIn(steps)).map(({ id, notify }) => [id, notify]),
  )
  /** Keys of due handlers, with what notified them. */
  const due = new Map<string, string>()
  const wrong: string[] = []
  eachMoment(history, {
    over: ({ run }) => {
      if (!history.calm.includes(run)) return
      for (const [handler, cause] of due)
        wrong.push(`${handler} had not run when ${run} was over, though ${cause} was changed`)
      due.clear()
    },
    effect: ({ effect: { host, verb, key } }) => {
      if (!isChange({ verb })) return
      const [id = '', , owner = host] = key.split('.')
      due.delete(key)
      for (const handler of notified.get(id) ?? []) due.set(handlerKey(handler, owner), key)
    },
  })
  return [...wrong, ...[...due].map(([handler, cause]) => `${handler} never ran after ${cause} was changed`)]
}
