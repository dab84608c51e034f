/** The errors in the runs of a round, as sentences. Pure. */
import type { RunEvent } from '../../engine/run/events.ts'
import type { Ran } from './run.ts'

/** Exit statuses of a disturbed run that are allowed: success, failed, unreachable, interrupted, or killed. */
const fair = new Set([0, 2, 4, 130, null])

const bugs = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === 'task-end' && event.error?.code === 'internal'
      ? [`${event.task.title}: a bug: ${event.error.message}`]
      : [],
  )

/** Titles of tasks with one of these outcomes, with the error. */
const tasksThat = (events: readonly RunEvent[], ...outcomes: readonly string[]): string =>
  events
    .flatMap((event) =>
      event.type === 'task-end' && outcomes.includes(event.outcome)
        ? [`${event.task.title}${event.error ? `: ${event.error.message}` : ''}`]
        : [],
    )
    .join('; ')

/** Errors of the disturbed run. */
export const wrongAtFault = ({ result, events }: Ran): string[] => [
  ...(fair.has(result.status)
    ? []
    : [`the disturbed run ended with ${result.status}: ${result.stderr.trim()}`]),
  ...bugs(events),
]

/** Errors of the run after it. */
export const wrongAfter = ({ result, events }: Ran): string[] => [
  ...(result.status === 0
    ? []
    : [
        `the run after it ended with ${result.status}: ${tasksThat(events, 'failed', 'unreachable')} ${result.stderr.trim()}`,
      ]),
  ...bugs(events),
]

/** Errors of the third run. */
export const wrongAtRest = ({ result, events }: Ran): string[] => {
  const changed = tasksThat(events, 'changed')
  const handlers = events.some((event) => event.type === 'task-end' && event.task.role === 'handler')
  return [
    ...(result.status === 0 ? [] : [`the third run ended with ${result.status}: ${result.stderr.trim()}`]),
    ...(changed === '' ? [] : [`the third run changed ${changed}`]),
    ...(handlers ? ['the third run ran handlers'] : []),
    ...bugs(events),
  ]
}

/** Handlers that a run reported as not recorded: their loss was announced. */
export const forgottenBy = ({ events }: Ran): string[] =>
  events.flatMap((event) => (event.type === 'run-end' ? Object.values(event.forgotten).flat() : []))
