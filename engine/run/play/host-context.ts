/** The part of a run that is one host's. */
import type { Outcome } from '../../dsl/outcome.ts'
import type { Task } from '../../dsl/task.ts'
import type { Emit, TaskRef } from '../events.ts'
import type { OncePer } from './once-per.ts'
import type { Pace } from './pace.ts'
import type { RunScope } from '../scope.ts'

/** What a host's way through a play needs of the run. */
export interface HostContext {
  readonly scope: RunScope
  readonly host: string
  readonly play: number
  /** Index of its batch. */
  readonly batch: number
  readonly checkMode: boolean
  /** Aborted when all that is under way shall end at once. */
  readonly signal: AbortSignal
  /** Aborted when nothing more shall be begun. */
  readonly stopping: AbortSignal
  readonly emit: Emit
  readonly nextId: () => number
  /** Whether the play has been given up, so that no further task is begun. */
  readonly givenUp: () => boolean
  readonly pace: Pace
  readonly once: OncePer
  /** How a task of this play ended on this host. */
  readonly outcomeOf: (task: Task) => Outcome | undefined
  /** Whether an earlier run, which this one goes on with, began it and did not see it come to its end. */
  readonly unfinished: (task: Task) => boolean
  /** Asks a person whether to run a task. */
  readonly confirm: ((task: TaskRef) => Promise<boolean>) | undefined
}
