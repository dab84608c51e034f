import { handlerKey, tasksIn } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { isChange } from '../world/host.ts'

/** A handler that a run leaves due, and does not report as lost, runs later: also if journals cannot be written. */
export const promises: Invariant = (history) => {
  const notified = new Map(
    history.recipe.plays.flatMap(({ steps }) => tasksIn(steps)).map(({ id, notify }) => [id, notify]),
  )
  /** Keys of notified handlers, with the run that promised them, if any. */
  const due = new Map<string, string | undefined>()
  eachMoment(history, {
    event: ({ run, event }) => {
      if (event.type !== 'run-end') return
      for (const [host, handlers] of Object.entries(event.due))
        for (const handler of handlers) {
          const key = handlerKey(handler, host)
          // another run could have done it meanwhile
          if (due.has(key) && event.forgotten[host]?.includes(handler) !== true) due.set(key, run)
        }
    },
    effect: ({ effect: { host, verb, key } }) => {
      if (!isChange({ verb })) return
      const [id = '', , owner = host] = key.split('.')
      due.delete(key)
      for (const handler of notified.get(id) ?? []) due.set(handlerKey(handler, owner), undefined)
    },
  })
  return [...due].flatMap(([key, run]) =>
    run === undefined ? [] : [`${key} never ran, though ${run} left it due and remembered`],
  )
}
