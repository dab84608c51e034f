import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckContext, Task, WaitOptions } from '../../dsl/types.ts'
import { pending } from '../../dsl/verdict.ts'
import type { Ok, Verdict } from '../../dsl/verdict.ts'
import { isPassing } from '../../error-kinds.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'

/** The default for tasks without `until`. */
export const defaultWait: WaitOptions = { timeout: 300, every: 1 }

/** Runs a check; an error that can disappear becomes pending. */
export const askUntilTimeout = async (
  check: NonNullable<Task['check']>,
  ctx: CheckContext,
): Promise<Verdict> => {
  try {
    return await check(ctx)
  } catch (error) {
    if (isCoxswainError(error) && isPassing(error.code)) return pending(error.output ?? error.message)
    throw error
  }
}

/** What is missing according to a verdict; undefined if nothing is. */
export const missing = (verdict: Verdict): string | undefined =>
  verdict.kind === 'ok' ? undefined : lacking(verdict)

const lacking = (verdict: Exclude<Verdict, Ok<unknown>>): string =>
  verdict.kind === 'drift' ? verdict.changes.map(({ what }) => what).join(', ') : verdict.why

/**
 * Repeats a check until it returns ok, and returns its value.
 *
 * @throws `wait-timeout` with what was still missing, `interrupted` if the run was.
 */
export const waitUntil = async (
  check: NonNullable<Task['check']>,
  { timeout, every }: WaitOptions,
  ctx: CheckContext,
  waiting: (why: string) => void,
): Promise<unknown> => {
  const end = performance.now() + timeout * 1000
  for (;;) {
    const seen = await askUntilTimeout(check, ctx)
    if (seen.kind === 'ok') return seen.value
    const why = lacking(seen)
    if (performance.now() >= end)
      throw new CoxswainError('wait-timeout', `timed out after ${timeout} s: ${why}`)
    waiting(why)
    try {
      await sleep(every * 1000, undefined, { signal: ctx.signal })
    } catch (cause) {
      throw new CoxswainError('interrupted', 'interrupted while waiting', { cause })
    }
  }
}
