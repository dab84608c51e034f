/** Waiting until everything works for some time without a break. */
import type { ApplyContext } from '../../../engine/index.ts'
import { eventually } from '../../shared/eventually.ts'
import type { Waiting } from '../../shared/eventually.ts'

/**
 * Waits until nothing has been missing for a number of seconds: what starts with a bad setting ends some seconds later.
 *
 * @throws `wait-timeout` with what is missing.
 */
export const untilSteady = (
  ctx: ApplyContext,
  seconds: number,
  missing: () => Promise<readonly string[]>,
  waiting: Waiting,
): Promise<void> => {
  let since: number | undefined
  return eventually(
    ctx,
    async () => {
      const words = await missing()
      if (words.length > 0) since = undefined
      else since ??= performance.now()
      if (since === undefined) return words
      return performance.now() - since >= seconds * 1000 ? [] : ['whether it keeps working']
    },
    waiting,
  )
}
