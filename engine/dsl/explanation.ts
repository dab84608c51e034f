/** Why a task failed, as far as its host knows. */
import type { CoxswainError } from '../errors.ts'

/** A task that has failed after it tried to do something, or waited in vain. */
export interface Failure {
  /** Why it failed. */
  readonly error: CoxswainError
  /** Seconds since its start. */
  readonly seconds: number
}

/** What the host knows of the cause. */
export interface Explanation {
  /** Text that is shown below the output of the error. */
  readonly text: string
  /** What to do about it, in place of the hint of the error. */
  readonly hint?: string | undefined
}
