/** Trying a task again that has failed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { linkedSignal } from '../../connection/abort.ts'
import type { Retry } from '../../dsl/types.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { isRetryable } from '../../error-kinds.ts'
import type { TaskResult } from './execute-task.ts'

const isFinal = ({ outcome, error }: TaskResult): boolean =>
  (outcome !== 'failed' && outcome !== 'unreachable') || (isCoxswainError(error) && !isRetryable(error.code))

/** What trying again needs of the task around it. */
export interface Attempts {
  /** Whether an `ok` of the task's check is no proof that an attempt came to its end. */
  readonly guards: boolean
  readonly once: () => Promise<TaskResult>
  /** Told before each further attempt, with why. */
  readonly again: (why: string) => void
  /** When one of these comes, there is no further attempt. */
  readonly ends: readonly AbortSignal[]
}

const told = ({ error }: TaskResult): string => (error instanceof Error ? error.message : 'it failed')

/** The failure of an attempt after which the task's guard says that there is nothing left to do. */
const failedUnderGuard = (result: TaskResult): TaskResult => {
  const { error } = result
  if (!isCoxswainError(error)) return result
  const { code, message, output, place } = error
  const hint =
    'what guards it (creates, removes or unless) holds now, so it is not tried again: see what it has done'
  return { ...result, error: new CoxswainError(code, message, { output, place, hint, cause: error }) }
}

/**
 * Attempts a task until it goes well, as often as its play says.
 *
 * What an attempt that failed has changed was changed: the outcome says so, even when the last one finds all well.
 */
export const withRetries = async (
  retry: Retry | undefined,
  { guards, once, again, ends }: Attempts,
  began: () => boolean,
): Promise<TaskResult> => {
  const { attempts = 1, delay = 1, backoff = 1 } = retry ?? {}
  let result = await once()
  for (let attempt = 1; attempt < attempts && !isFinal(result); attempt += 1) {
    again(`attempt ${attempt} of ${attempts}: ${told(result)}`)
    const { signal, unlink } = linkedSignal(ends)
    try {
      await sleep(delay * backoff ** (attempt - 1) * 1000, undefined, { signal })
    } catch {
      return result
    } finally {
      unlink()
    }
    const changed = began()
    const next = await once()
    if (changed && next.outcome === 'ok')
      return guards ? failedUnderGuard(result) : { ...next, outcome: 'changed' }
    result = next
  }
  return result
}
