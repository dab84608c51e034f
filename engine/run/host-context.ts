import type { Outcome } from '../dsl/outcome.ts'
import type { Task } from '../dsl/types.ts'
import type { Emit, TaskRef } from './events.ts'
import type { MadeSteps, PlannedGiven } from './plan/planned-steps.ts'
import type { RunScope } from './scope.ts'

/** Called with the steps that a step with values made on a host, before it is known which of them run. */
export type OnMade = (
  where: { readonly play: number; readonly host: string },
  given: PlannedGiven,
  made: MadeSteps,
) => void

/** The run and the host of a task. */
export interface HostContext {
  readonly scope: RunScope
  readonly host: string
  /** Index of the play. */
  readonly play: number
  readonly checkMode: boolean
  /** Aborted when all running tasks must end at once. */
  readonly signal: AbortSignal
  /** Aborted when no further task is started. */
  readonly stopping: AbortSignal
  readonly emit: Emit
  readonly nextId: () => number
  /** The outcome of a task of this play on this host. */
  readonly outcomeOf: (task: Task) => Outcome | undefined
  /** Called with what a step with values made on the host. */
  readonly onMade: OnMade
  /** Whether an earlier run, which this one resumes, started the task and did not complete it. */
  readonly unfinished: (task: Task) => boolean
  /** Asks the user whether to run a task. */
  readonly confirm: ((task: TaskRef) => Promise<boolean>) | undefined
}
