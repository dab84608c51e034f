/** Retries failed tasks. */
import { setTimeout as sleep } from 'node:timers/promises'
import { linkedSignal } from '../../connection/abort.ts'
import type { Retry } from '../../dsl/types.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { isRetryable } from '../../error-kinds.ts'
import type { TaskResult } from './execution.ts'

const isFinal = ({ outcome, error }: TaskResult): boolean =>
  (outcome !== 'failed' && outcome !== 'unreachable') || (isCoxswainError(error) && !isRetryable(error.code))

/** The attempts of a task. */
export interface Attempts {
  /** Whether an `ok` of the task's check does not prove that an attempt was completed. */
  readonly guards: boolean
  readonly once: () => Promise<TaskResult>
  /** Called before each further attempt, with the reason. */
  readonly again: (why: string) => void
  /** If one of these is aborted, there is no further attempt. */
  readonly ends: readonly AbortSignal[]
}

const messageOf = ({ error }: TaskResult): string => (error instanceof Error ? error.message : 'it failed')

/** The result of a failed attempt after which the task's guard is satisfied. */
const failedUnderGuard = (result: TaskResult): TaskResult => {
  const { error } = result
  if (!isCoxswainError(error)) return result
  const { code, message, output, place } = error
  const hint =
    'its guard (creates, removes or unless) is satisfied now, so it is not retried: check what it has done'
  return { ...result, error: new CoxswainError(code, message, { output, place, hint, cause: error }) }
}

/**
 * Attempts a task until it succeeds, at most as often as its `retry` says.
 *
 * If a failed attempt has changed the host, the outcome is `changed`, even if the last attempt is ok.
 */
export const withRetries = async (
  retry: Retry | undefined,
  { guards, once, again, ends }: Attempts,
  began: () => boolean,
): Promise<TaskResult> => {
  const { attempts = 1, delay = 1, backoff = 1 } = retry ?? {}
  let result = await once()
  for (let attempt = 1; attempt < attempts && !isFinal(result); attempt += 1) {
    again(`attempt ${attempt} of ${attempts}: ${messageOf(result)}`)
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
