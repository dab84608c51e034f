/** What earlier runs did, task by task. Pure. */
import type { Outcome, RunEvent } from '../events.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'

/** Where something was done: the play by position and name, so that another play in its place is not taken for it. */
export interface PastPlace {
  readonly play: number
  readonly name: string
  readonly host: string
}

/** What is known of earlier runs. */
export interface Past {
  /** How a task ended on a host; undefined when it did not, or is not the same task any more. */
  outcome(where: PastPlace, task: PlannedTask): Outcome | undefined
  /** Whether the host came through the whole play. */
  through(where: PastPlace): boolean
}

const placeKey = ({ play, name, host }: PastPlace): string => JSON.stringify([play, name, host])
const taskKey = (where: PastPlace, position: number, name: string, title: string): string =>
  JSON.stringify([placeKey(where), position, name, title])

/** Collects the past from the events of a run, or of several that went on with each other, the oldest first. */
export const collectPast = (): { readonly see: (event: RunEvent) => void; readonly past: Past } => {
  const outcomes = new Map<string, Outcome>()
  const through = new Set<string>()
  let plays: readonly string[] = []
  const at = (play: number, host: string): PastPlace => ({ play, name: plays[play] ?? '', host })
  return {
    see: (event) => {
      if (event.type === 'run-start') ({ plays } = event)
      if (event.type === 'host-end') {
        const key = placeKey(at(event.play, event.host))
        if (event.standing === 'well') through.add(key)
        else through.delete(key)
      }
      if (event.type !== 'task-end' || event.task.role === 'handler') return
      const { play, host, position, name, title } = event.task
      outcomes.set(taskKey(at(play, host), position, name, title), event.outcome)
    },
    past: {
      outcome: (where, { position, task: { name, title } }) =>
        outcomes.get(taskKey(where, position, name, title)),
      through: (where) => through.has(placeKey(where)),
    },
  }
}
