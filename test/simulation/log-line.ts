/** An event as a line in the printed log of a seed. */
import type { RunEvent } from '../../engine/run/events.ts'

export const logLineOf = (event: RunEvent): string => {
  switch (event.type) {
    case 'task-start':
      return `${event.task.host} ${event.task.title} begins (${event.task.role} ${event.task.id})`
    case 'task-progress':
      return `${event.task.host} ${event.task.title} ${event.what} ${event.why ?? ''}`
    case 'task-end':
      return `${event.task.host} ${event.task.title} ${event.outcome} ${event.why ?? ''}${event.error?.message ?? ''} (${event.task.id})`
    case 'handlers-due':
      return `${event.task.host} ${event.task.title} calls for ${event.handlers.join(' ')}`
    case 'host-end':
      return `${event.host} is through: ${event.standing}`
    case 'play-start':
      return `play ${event.name} on ${event.hosts.join(' ')}`
    case 'play-end':
      return `play over ${event.note ?? ''}`
    case 'run-end':
      return `run over, due: ${JSON.stringify(event.due)} ${event.stopped?.message ?? ''}`
    default:
      return event.type
  }
}
