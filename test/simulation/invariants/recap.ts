import { noOutcomes } from '../../../engine/run/events.ts'
import { eventsIn, runsIn } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** The recap equals the events: each outcome is counted once. */
export const recap: Invariant = (history) =>
  runsIn(history).flatMap((run) => {
    const events = eventsIn(history, run)
    const end = events.find((event) => event.type === 'run-end')
    if (end === undefined) return []
    const wrong = events.at(-1) === end ? [] : [`something was reported after the end (${run})`]
    const counts = new Map(end.recap.map(({ host }) => [host, noOutcomes()]))
    const open = new Set<number>()
    for (const event of events) {
      if (event.type === 'task-start') open.add(event.task.id)
      if (event.type !== 'task-end') continue
      if (!open.delete(event.task.id)) wrong.push(`${event.task.title} ended without a beginning (${run})`)
      const count = counts.get(event.task.host)
      if (count !== undefined) count[event.outcome] += 1
    }
    if (open.size > 0) wrong.push(`${open.size} tasks began and never ended (${run})`)
    for (const { host, counts: reported } of end.recap)
      if (JSON.stringify(reported) !== JSON.stringify(counts.get(host)))
        wrong.push(
          `the recap of ${host} is ${JSON.stringify(reported)}, not ${JSON.stringify(counts.get(host))} (${run})`,
        )
    return wrong
  })
