/** Guards of commands: conditions that show that a command does not have to run. */
import { drift, duration, flag, ok, remotePath, z } from '../../../engine/index.ts'
import type { CheckContext, Verdict } from '../../../engine/index.ts'

/** Parameters of every task that runs a command of the user. */
export const guardParams = {
  creates: remotePath().optional().describe('do not run if this path exists'),
  removes: remotePath().optional().describe('do not run if this path does not exist'),
  unless: z.string().optional().describe('do not run if this command succeeds; it must only read'),
  readOnly: flag()
    .default(false)
    .describe(
      'the command only reads: it runs under --check too, perhaps more than once, and changes nothing',
    ),
  cwd: remotePath().optional().describe('the working directory'),
  env: z.record(z.string(), z.string()).optional().describe('environment variables; not for secrets'),
  timeout: duration().optional().describe('seconds until the command is stopped; no limit by default'),
}

export interface Guards {
  readonly creates?: string | undefined
  readonly removes?: string | undefined
  readonly unless?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly timeout?: number | undefined
}

/** The options of a command: working directory, environment and timeout. */
export const surroundings = ({ cwd, env, timeout }: Guards) => ({
  ...(cwd !== undefined && { cwd }),
  ...(env !== undefined && { env }),
  ...(timeout !== undefined && { timeout }),
})

/** Whether a guard is set. Without one, the command runs every time. */
export const guarded = ({ creates, removes, unless }: Guards): boolean =>
  creates !== undefined || removes !== undefined || unless !== undefined

/** Whether a check finds out anything: it has a guard to look at, or the command only reads. */
export const checkable = (given: Guards): boolean => guarded(given) || given.readOnly === true

/** Returns ok if a guard shows that the command does not have to run. */
export const checkGuards = async (
  { remote }: CheckContext,
  given: Guards,
  what: string,
): Promise<Verdict<void>> => {
  const { creates, removes, unless } = given
  const answers = await Promise.all([
    creates !== undefined && remote.exists(creates),
    removes !== undefined && remote.exists(removes).then((there) => !there),
    unless !== undefined && remote.query(surroundings(given))`sh -c ${unless}`.succeeds(),
  ])
  if (answers.includes(true)) return ok()
  if (creates !== undefined) return drift({ what: creates, to: `created by ${what}` })
  if (removes !== undefined) return drift({ what: removes, from: 'present', to: undefined })
  return drift({ what, to: 'run' })
}
