/** Guards of commands: what shows that one is done, and need not run. */
import { ok, drift, remotePath, z } from '../../../engine/index.ts'
import type { CheckContext, Verdict } from '../../../engine/index.ts'

/** Parameters of every task that runs a command of somebody's own. */
export const guardParams = {
  creates: remotePath().optional().describe('do not run if this path exists'),
  removes: remotePath().optional().describe('do not run if this path does not exist'),
  unless: z.string().optional().describe('do not run if this command succeeds; it must only read'),
  cwd: remotePath().optional().describe('the working directory'),
  env: z.record(z.string(), z.string()).optional().describe('environment variables; not for secrets'),
  timeout: z.coerce
    .number()
    .positive()
    .optional()
    .describe('seconds until the command is stopped; no limit by default'),
}

export interface Guards {
  readonly creates?: string | undefined
  readonly removes?: string | undefined
  readonly unless?: string | undefined
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly timeout?: number | undefined
}

/** Where and how long it runs, as a command takes it. */
export const surroundings = ({ cwd, env, timeout }: Guards) => ({
  ...(cwd !== undefined && { cwd }),
  ...(env !== undefined && { env }),
  ...(timeout !== undefined && { timeout }),
})

/** Whether there is a guard at all; without one it runs every time. */
export const guarded = ({ creates, removes, unless }: Guards): boolean =>
  creates !== undefined || removes !== undefined || unless !== undefined

/** Done when one of the guards shows it. */
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
  if (creates !== undefined) return drift({ what: creates, to: `made by ${what}` })
  if (removes !== undefined) return drift({ what: removes, from: 'there', to: undefined })
  return drift({ what, to: 'run' })
}
