import { z } from 'zod'
import { playbook } from '../../dsl/playbook.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { execScript, execTask } from '../exec-task.ts'
import { execute } from '../execute.ts'
import { listHosts } from '../listing.ts'
import type { Request } from '../options.ts'
import { hostsOfPlays, planOpened } from '../plan-opened.ts'
import { writeWarnings } from '../warnings.ts'
import { openWorkspace } from '../workspace.ts'
import { outletsOf } from '../outlets.ts'

/** `run exec PATTERN -- COMMAND`. Gives the exit status. */
export const exec = async (
  { pattern, command, options }: Extract<Request, { kind: 'exec' }>,
  redactor: Redactor,
): Promise<number> => {
  const script = execScript(command)
  const outlets = outletsOf(redactor)
  const notice = (text: string) => outlets.err(`${text}\n`)
  const { timeout } = options
  const workspace = await openWorkspace(options, undefined, redactor)
  writeWarnings(workspace.inventory, outlets)
  // told as what was typed, before the play that is made of it is looked at
  workspace.territory.match(pattern, 'pattern')
  const book = playbook({
    name: 'exec',
    vars: z.unknown(),
    plays: ({ play }) => [play(script, { hosts: pattern, tasks: () => [execTask({ script, timeout })] })],
  })
  // what a command prints is what was asked for
  const verbose = Math.max(1, options.verbose)
  if (options.listHosts) {
    outlets.out(listHosts(hostsOfPlays(book, workspace)))
    return 0
  }
  const plan = await planOpened(book, workspace, redactor, { notice })
  return execute(plan, workspace, { ...options, verbose }, redactor)
}
