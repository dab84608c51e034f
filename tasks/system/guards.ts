/** Guards of commands: what shows that one is done, and need not run. */
import { ok, drift, remotePath, z } from '../../engine/index.ts'
import type { CheckContext, Verdict } from '../../engine/index.ts'

/** Parameters of every task that runs a command of somebody's own. */
export const guardParams = {
  creates: remotePath().optional().describe('it is done when this is there'),
  removes: remotePath().optional().describe('it is done when this is gone'),
  unless: z.string().optional().describe('it is done when this command succeeds; it must only read'),
  cwd: remotePath().optional().describe('where it runs'),
  env: z.record(z.string(), z.string()).optional().describe('variables of its environment; not for secrets'),
  timeout: z.coerce.number().positive().optional().describe('seconds until it is stopped'),
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
