import type { Outcome } from '../dsl/outcome.ts'
import type { Task } from '../dsl/types.ts'
import type { Emit, TaskRef } from './events.ts'
import type { RunScope } from './scope.ts'

/** What a task needs to know of the run and of the host that it runs on. */
export interface HostContext {
  readonly scope: RunScope
  readonly host: string
  /** Index of the play. */
  readonly play: number
  readonly checkMode: boolean
  /** Aborted when everything that is under way must end at once. */
  readonly signal: AbortSignal
  /** Aborted when nothing more is started. */
  readonly stopping: AbortSignal
  readonly emit: Emit
  readonly nextId: () => number
  /** How a task of this play ended on this host. */
  readonly outcomeOf: (task: Task) => Outcome | undefined
  /** Whether an earlier run, which this one continues, started it and did not see it end. */
  readonly unfinished: (task: Task) => boolean
  /** Asks a person whether to run a task. */
  readonly confirm: ((task: TaskRef) => Promise<boolean>) | undefined
}
