import { garbled } from '../playbook.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { saidLine } from '../world/output.ts'

/**
 * The output of a host is reported line by line, in its order, from the first line on; and the caller of a command gets all
 * of it. A truncated line is the last one before the connection was lost.
 */
export const output: Invariant = (history) => {
  const wrong: string[] = []
  /** By run, task and stream: the next line, and whether the previous one was truncated. */
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
      // when repeated, it starts again; a truncated line does not have a line break
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
