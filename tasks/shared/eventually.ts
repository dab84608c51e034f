import { setTimeout as sleep } from 'node:timers/promises'
import { CoxswainError } from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'

/** How `apply` waits for its own effects. */
export interface Waiting {
  /** Timeout in seconds. */
  readonly seconds: number
  /** The hint for the timeout. */
  readonly hint: string
  /** Seconds between two attempts; 1 by default. */
  readonly every?: number
}

/**
 * Waits until nothing is missing, and logs what is missing whenever that changes.
 *
 * @param missing descriptions of what is missing.
 * @throws `wait-timeout` with what is still missing.
 */
export const eventually = async (
  ctx: ApplyContext,
  missing: () => Promise<readonly string[]>,
  { seconds, hint, every = 1 }: Waiting,
): Promise<void> => {
  const end = performance.now() + seconds * 1000
  let said = ''
  for (;;) {
    const words = await missing()
    if (words.length === 0) return
    if (performance.now() > end) {
      throw new CoxswainError('wait-timeout', `timed out after ${seconds} s: ${words.join('; ')}`, {
        hint,
      })
    }
    const waiting = words.join('; ')
    if (waiting !== said) ctx.log(`waiting: ${waiting}`)
    said = waiting
    await sleep(every * 1000, undefined, { signal: ctx.signal })
  }
}
