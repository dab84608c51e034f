import { setMaxListeners } from 'node:events'
import { exitCodeOf } from '../../errors.ts'
import { exitCodes } from '../../exit-codes.ts'
import { formatError } from '../../report/format-error.ts'
import { expandPlan } from '../../run/expand.ts'
import type { OpenTags } from '../../run/plan/open-tags.ts'
import type { Plan } from '../../run/plan/plan.ts'
import { reportError } from '../../run/report-error.ts'
import type { CommandContext } from '../define-command.ts'
import type { RunOptions } from '../options/run.ts'
import { onInterrupt } from './interrupt.ts'
import { listTags, listTasks } from './listing.ts'
import { reportTags } from './report-tags.ts'
import type { Workspace } from './workspace.ts'

/** `--list-tasks --connect` and `--list-tags --connect`: also what steps make from values of their hosts. Returns the exit status. */
export const listConnected = async (
  { plan, openTags }: { readonly plan: Plan; readonly openTags: OpenTags },
  workspace: Workspace,
  { forks, listTags: tags }: RunOptions,
  { redactor, outlets }: CommandContext,
): Promise<number> => {
  const fleet = await workspace.loadFleet()
  const { signal, stopping, release } = onInterrupt((text) => outlets.err(`${text}\n`))
  const ended = AbortSignal.any([signal, stopping])
  // every running command listens to it
  setMaxListeners(Infinity, ended)
  try {
    const { plan: expanded, failures } = await expandPlan(plan, fleet, {
      signal: ended,
      redactor,
      forks,
      onMade: openTags.see,
    })
    outlets.out(tags ? listTags(expanded) : listTasks(expanded))
    for (const failure of failures)
      outlets.err(
        `${formatError(reportError(failure, redactor), { color: process.stderr.isTTY, verbosity: 0 })}\n`,
      )
    const [first] = failures
    const exit = first === undefined ? exitCodes.ok : exitCodeOf(first)
    return reportTags(openTags, exit, { outlets, redactor })
  } finally {
    release()
  }
}
