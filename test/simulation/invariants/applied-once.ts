import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** The message of a task without a check that lost its connection. */
const lost = 'the connection was lost during the task'

/**
 * Nothing is applied twice without a check in between; a task without a check is applied at most as often as the run
 * reports it.
 */
export const appliedOnce: Invariant = (history) => {
  const wrong: string[] = []
  /** Keys by host that were set and not checked since. */
  const unseen = new Set<string>()
  /** How often a run can increase a key. */
  const allowed = new Map<string, number>()
  eachMoment(history, {
    event: ({ run, event }) => {
      if (event.type !== 'task-progress') return
      if (event.what === 'retrying' && event.why?.includes(lost) === true)
        wrong.push(`${event.task.title} is tried again though nothing can tell what it did (${run})`)
      if (event.what !== 'applying') return
      const key = `${run} ${event.task.title}`
      allowed.set(key, (allowed.get(key) ?? 0) + 1)
    },
    effect: ({ effect: { host, verb, key, run } }) => {
      const place = `${host} ${key}`
      if (verb === 'get') unseen.delete(place)
      if (verb === 'set' || verb === 'start') {
        if (unseen.has(place)) wrong.push(`${key} was set twice on ${host} without a look in between`)
        unseen.add(place)
      }
      if (verb !== 'add') return
      const left = (allowed.get(`${run} ${key}`) ?? 0) - 1
      allowed.set(`${run} ${key}`, left)
      if (left < 0) wrong.push(`${key} was counted up on ${host} more often than ${run} said`)
    },
  })
  return wrong
}
