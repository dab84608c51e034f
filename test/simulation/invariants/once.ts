import { batchesOf } from '../../../engine/run/plan/batches.ts'
import { tasksIn } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { isChange } from '../world/host.ts'

/** A task with `once`, for all hosts or per batch, changes only one host. */
export const once: Invariant = (history) => {
  const spans = new Map(
    history.recipe.plays.flatMap(({ steps }) => tasksIn(steps)).map(({ id, oncePer }) => [id, oncePer]),
  )
  /** The batches of the play that each run is in. */
  const batches = new Map<string, readonly (readonly string[])[]>()
  /** The changed hosts, by run, task and batch. */
  const changed = new Map<string, Set<string>>()
  eachMoment(history, {
    event: ({ run, event }) => {
      if (event.type === 'play-start')
        batches.set(run, batchesOf([...event.hosts], history.recipe.plays[event.play]?.serial ?? []))
    },
    effect: ({ effect: { run, host, key, verb } }) => {
      const [id = ''] = key.split('.')
      const span = spans.get(id)
      if (span === undefined || !isChange({ verb })) return
      const batch = batches.get(run)?.findIndex((one) => one.includes(host)) ?? 0
      const place = span === 'run' ? `${run} ${id}` : `${run} ${id} ${batch}`
      changed.set(place, (changed.get(place) ?? new Set()).add(host))
    },
  })
  return [...changed].flatMap(([place, hosts]) =>
    hosts.size > 1 ? [`${place} was done on ${[...hosts].join(' and ')}`] : [],
  )
}
