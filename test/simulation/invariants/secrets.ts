import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { password } from '../world/protocol.ts'

/** No event contains the password of sudo. */
export const secrets: Invariant = (history) => {
  const wrong: string[] = []
  eachMoment(history, {
    event: ({ run, event }) => {
      const text = event.type === 'task-output' ? event.line : JSON.stringify(event)
      if (text.includes(password)) wrong.push(`${event.type} shows a password (${run})`)
    },
  })
  return wrong
}
