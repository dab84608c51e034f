import { batchesOf } from '../../../engine/run/plan/batches.ts'
import type { PlayRecipe } from '../recipe.ts'
import { eventsIn, runsIn } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'

/** Whether the failures of a batch are too many to start another one. */
const tooMany = (
  { maxFailPercentage = 0, anyErrorsFatal }: PlayRecipe,
  failed: number,
  size: number,
): boolean => failed > 0 && (anyErrorsFatal || (failed / size) * 100 > maxFailPercentage)

/** A batch or play never starts after a limit of failures was exceeded, nor before the previous batch has ended. */
export const limits: Invariant = (history) =>
  runsIn(history).flatMap((run) => {
    const wrong: string[] = []
    let over = false
    let batches: string[][] = []
    const ended = new Set<string>()
    const failed = new Set<string>()
    for (const event of eventsIn(history, run)) {
      if (event.type === 'play-start') {
        if (over) wrong.push(`${event.name} began after the limit was passed (${run})`)
        batches = batchesOf([...event.hosts], history.recipe.plays[event.play]?.serial ?? [])
        ended.clear()
        failed.clear()
      }
      if (event.type === 'host-end') {
        ended.add(event.host)
        if (event.standing === 'failed' || event.standing === 'unreachable') failed.add(event.host)
      }
      if (event.type === 'task-end' && ['failed', 'unreachable'].includes(event.outcome))
        failed.add(event.task.host)
      if (event.type === 'task-start') {
        const { host, title, play } = event.task
        const index = batches.findIndex((batch) => batch.includes(host))
        for (const before of batches.slice(0, index)) {
          const recipe = history.recipe.plays[play]
          const lost = before.filter((one) => failed.has(one)).length
          if (before.some((one) => !ended.has(one)))
            wrong.push(`${title} began on ${host} before the batch before was through (${run})`)
          if (recipe !== undefined && tooMany(recipe, lost, before.length))
            wrong.push(
              `${title} began on ${host} though ${lost} of ${before.length} hosts had failed (${run})`,
            )
        }
      }
      if (event.type === 'play-end') {
        const recipe = history.recipe.plays[event.play]
        const passed = batches.some(
          (batch) =>
            recipe !== undefined &&
            tooMany(recipe, batch.filter((one) => failed.has(one)).length, batch.length),
        )
        over ||= passed
      }
    }
    return wrong
  })
