/** The tasks of earlier runs. Pure. */
import type { Outcome, RunEvent } from '../events.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import type { Signature } from './signature.ts'

/**
 * A host in a play. The play has its index and its name, so that another play at the same index is not mistaken for
 * it.
 */
export interface PastPlace {
  readonly play: number
  readonly name: string
  readonly host: string
}

/** The signature of a task when it ran. */
export interface Signed extends Signature {
  readonly play: number
  readonly host: string
  readonly position: number
  readonly name: string
}

/** The outcome of a task, and its signature if it was recorded. */
export interface PastTask {
  readonly outcome: Outcome
  readonly signature: Signature | undefined
}

/** The tasks of earlier runs. */
export interface Past {
  /** The result of a task on a host; undefined if it did not end, or if there is another task at its position now. */
  task(where: PastPlace, task: PlannedTask): PastTask | undefined
  /** Whether it began to change the host and did not complete: it failed, or the run ended during the task. */
  unfinished(where: PastPlace, task: PlannedTask): boolean
}

const keyOf = ({ play, name, host }: PastPlace, position: number, task: string): string =>
  JSON.stringify([play, name, host, position, task])

/**
 * Collects the past from the events of a run, or of several that resumed each other, the oldest first. The signature
 * of a task comes before its end.
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
