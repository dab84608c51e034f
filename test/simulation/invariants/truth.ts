import { wanted } from '../playbook.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** After `ok` or `changed`, the host is in the reported state, and only a task that changed something is `changed`. */
export const truth: Invariant = (history) => {
  const wrong: string[] = []
  const held = new Map(
    Object.entries(history.before).flatMap(([host, keys]) =>
      Object.entries(keys).map(([key, value]): [string, string] => [`${host} ${key}`, value]),
    ),
  )
  /** Changes by run, host and key since the task started there. */
  const changes = new Map<string, number>()
  /** Changes of all runs, by host and key. */
  const ever = new Map<string, number>()
  const since = new Map<string, number>()
  eachMoment(history, {
    effect: ({ effect: { host, verb, key, value, run } }) => {
      if (verb === 'get') return
      held.set(`${host} ${key}`, value)
      if (verb === 'rise') return
      ever.set(`${host} ${key}`, (ever.get(`${host} ${key}`) ?? 0) + 1)
      const place = `${run} ${host} ${key}`
      changes.set(place, (changes.get(place) ?? 0) + 1)
    },
    event: ({ run, event }) => {
      if (event.type !== 'task-start' && event.type !== 'task-end') return
      const { task } = event
      const host = task.on ?? task.host
      const places = task.title.split(' ').map((key) => `${host} ${key}`)
      if (event.type === 'task-start') {
        for (const place of places) {
          changes.set(`${run} ${place}`, 0)
          since.set(`${run} ${place}`, ever.get(place) ?? 0)
        }
        return
      }
      const made = places.reduce((sum, place) => sum + (changes.get(`${run} ${place}`) ?? 0), 0)
      const reported = `${task.title} on ${host} was reported ${event.outcome} (${run})`
      if (event.outcome === 'ok' || event.outcome === 'changed') {
        for (const place of places)
          if (task.name !== 'act' && held.get(place) !== wanted)
            wrong.push(`${reported}, and ${place} is not ${wanted}`)
      }
      if (event.outcome === 'ok' && made > 0) wrong.push(`${reported}, and it was changed`)
      // a task that lost its connection cannot know whether it or another run did it meanwhile
      const done = places.some((place) => (ever.get(place) ?? 0) > (since.get(`${run} ${place}`) ?? 0))
      if (event.outcome === 'changed' && !done) wrong.push(`${reported}, and nothing was changed`)
    },
  })
  return wrong
}
