/** Until when tokens of former keys stay accepted. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { clockOf } from '../encryption/new-key.ts'

/** The time as a parameter. */
export const acceptUntilSchema = () =>
  z
    .union([z.iso.date(), z.iso.datetime(), z.literal('now')])
    .optional()
    .describe(
      'until when tokens of the former key stay accepted, such as 2026-12-31; now takes back a time that was given before',
    )

/** The time that a replacement has from now on. @throws `task-failed` for one that is earlier than the time it has. */
export const nextTime = (given: string | undefined, recorded: Date | undefined): Date | undefined => {
  if (given === undefined) return recorded
  if (given === 'now') return undefined
  const time = new Date(given)
  if (recorded === undefined || time.getTime() >= recorded.getTime()) return time
  throw new CoxswainError(
    'task-failed',
    `tokens of the former key are to be accepted until ${recorded.toISOString()}, which is later than ${given}`,
    { hint: 'to refuse them earlier, give now in place of a time; nothing was changed' },
  )
}

/** What a task says that waits for the time, by the clock of its host; undefined if it is over. */
export const stillAccepted = async (
  ctx: CheckContext,
  given: string | undefined,
  recorded: Date | undefined,
): Promise<string | undefined> => {
  const time = nextTime(given, recorded)
  if (time === undefined || time.getTime() <= (await clockOf(ctx)).getTime()) return undefined
  return `tokens of the former key are accepted until ${time.toISOString()}: run again after that`
}
