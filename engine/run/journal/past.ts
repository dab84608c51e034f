/** What earlier runs did, task by task. Pure. */
import type { Outcome, RunEvent } from '../events.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import type { Signature } from './signature.ts'

/** Where something was done: the play by position and name, so that another play in its place is not taken for it. */
export interface PastPlace {
  readonly play: number
  readonly name: string
  readonly host: string
}

/** What a task was made of when it ran. */
export interface Signed extends Signature {
  readonly play: number
  readonly host: string
  readonly position: number
  readonly name: string
}

/** How a task ended, and what it was made of, where that is known. */
export interface PastTask {
  readonly outcome: Outcome
  readonly signature: Signature | undefined
}

/** What is known of earlier runs. */
export interface Past {
  /** What became of a task on a host; undefined when it did not end, or another one stands in its place now. */
  task(where: PastPlace, task: PlannedTask): PastTask | undefined
  /** Whether it has begun to change the host and was not seen to come to its end: it failed, or the run ended with it. */
  unfinished(where: PastPlace, task: PlannedTask): boolean
}

const keyOf = ({ play, name, host }: PastPlace, position: number, task: string): string =>
  JSON.stringify([play, name, host, position, task])

/**
 * Collects the past from the events of a run, or of several that went on with each other, the oldest first. What a task was
 * made of comes before how it ended.
 */
export const collectPast = (): {
  readonly see: (event: RunEvent) => void
  readonly sign: (signed: Signed) => void
  readonly past: Past
} => {
  const tasks = new Map<string, PastTask>()
  const signatures = new Map<string, Signature>()
  const unfinished = new Set<string>()
  let plays: readonly string[] = []
  const at = (play: number, host: string): PastPlace => ({ play, name: plays[play] ?? '', host })
  return {
    see: (event) => {
      if (event.type === 'run-start') ({ plays } = event)
      if ((event.type !== 'task-end' && event.type !== 'task-progress') || event.task.role === 'handler')
        return
      const { play, host, position, name } = event.task
      const key = keyOf(at(play, host), position, name)
      if (event.type === 'task-progress') {
        if (event.what === 'applying') unfinished.add(key)
        return
      }
      if (event.outcome === 'ok' || event.outcome === 'changed') unfinished.delete(key)
      tasks.set(key, { outcome: event.outcome, signature: signatures.get(key) })
      signatures.delete(key)
    },
    sign: ({ play, host, position, name, definition, parameters, settings, variables, program }) => {
      const signature = { definition, parameters, settings, variables, program }
      signatures.set(keyOf(at(play, host), position, name), signature)
    },
    past: {
      task: (where, { position, task }) => tasks.get(keyOf(where, position, task.name)),
      unfinished: (where, { position, task }) => unfinished.has(keyOf(where, position, task.name)),
    },
  }
}
