import { tasksIn } from '../recipe.ts'
import { batchesOf } from '../../../engine/run/plan/batches.ts'
import { eventsIn, runsIn } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** What is done once for all hosts, or once for each batch, is not begun on more of them. */
export const once: Invariant = (history) =>
  runsIn(history).flatMap((run) => {
    const spans = new Map(
      history.recipe.plays.flatMap(({ steps }) => tasksIn(steps)).map(({ id, oncePer }) => [id, oncePer]),
    )
    /** Tasks that were begun, by id and batch. */
    const begun = new Map<string, Set<number>>()
    let batches: string[][] = []
    for (const event of eventsIn(history, run)) {
      if (event.type === 'play-start')
        batches = batchesOf([...event.hosts], history.recipe.plays[event.play]?.serial ?? [])
      if (event.type !== 'task-progress' || event.what !== 'applying') continue
      const { title, host, id } = event.task
      const [name = ''] = title.split('.')
      const span = spans.get(name)
      if (span === undefined) continue
      const batch = batches.findIndex((one) => one.includes(host))
      const place = span === 'run' ? name : `${name} ${batch}`
      begun.set(place, (begun.get(place) ?? new Set()).add(id))
    }
    return [...begun].flatMap(([place, tasks]) =>
      tasks.size > 1 ? [`${place} was begun on ${tasks.size} hosts (${run})`] : [],
    )
  })
