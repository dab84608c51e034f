import { garbled } from '../playbook.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { saidLine } from '../world/output.ts'

/**
 * What a host prints is reported line by line, in its order, from the first on; and whoever asked for it has all of it. A
 * line that is cut off is the last one that came before the connection was lost.
 */
export const output: Invariant = (history) => {
  const wrong: string[] = []
  /** By run, task and stream: the next line, and whether the one before was cut off. */
  const heard = new Map<string, { next: number; cut: boolean }>()
  eachMoment(history, {
    event: ({ run, event }) => {
      if (event.type === 'task-end' && event.error?.message.includes(garbled) === true)
        wrong.push(`${event.task.title} on ${event.task.host}: ${event.error.message} (${run})`)
      if (event.type !== 'task-output' || event.stream === 'log') return
      const { stream, line, task } = event
      const [key = ''] = task.title.split(' ')
      const place = `${run} ${task.id} ${stream}`
      const { next, cut } = heard.get(place) ?? { next: 0, cut: false }
      // tried again, it begins again; what was cut off has no end of its line
      const candidates = cut ? [0] : [next, 0]
      const begins = candidates.find((index) => line === saidLine(key, stream, index))
      const rest =
        begins === undefined && candidates.some((index) => saidLine(key, stream, index).startsWith(line))
      if (begins === undefined && !rest)
        wrong.push(
          `${task.title} on ${task.host} printed ${JSON.stringify(line)}, not line ${next} of ${stream} (${run})`,
        )
      heard.set(place, { next: (begins ?? next) + 1, cut: rest })
    },
  })
  return wrong
}
