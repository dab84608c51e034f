import { setTimeout as sleep } from 'node:timers/promises'
import { CoxswainError } from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'

/** How an apply waits for its own effects. */
export interface Waiting {
  /** Seconds until it has waited too long. */
  readonly seconds: number
  /** What to do when it has. */
  readonly hint: string
  /** Seconds between two looks; 1 by default. */
  readonly every?: number
}

/**
 * Looks until nothing is missing, and says what still is whenever that has changed.
 *
 * @param missing what is not there yet, in words.
 * @throws `wait-timeout` with what was still missing.
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
