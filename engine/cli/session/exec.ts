import { z } from 'zod'
import { playbook } from '../../dsl/playbook.ts'
import type { CommandContext } from '../define-command.ts'
import { valuesOf } from '../define-option.ts'
import { runOptions } from '../options/run.ts'
import type { HostOptions, RunOptions } from '../options/run.ts'
import { execScript, execTask } from './exec-task.ts'
import { execute } from './execute.ts'
import { listHosts } from './listing.ts'
import { hostsOfPlays, planOpened } from './plan-opened.ts'
import { writeWarnings } from './warnings.ts'
import { openWorkspace } from './workspace.ts'

interface ExecInput {
  readonly arguments: { readonly pattern: string; readonly command: readonly string[] }
  readonly options: HostOptions &
    Pick<RunOptions, 'verbose' | 'output' | 'report' | 'listHosts'> & {
      /** Seconds. */
      readonly timeout: number | undefined
    }
}

/** `run exec PATTERN -- COMMAND`. Gives the exit status. */
export const exec = async (
  { arguments: { pattern, command }, options }: ExecInput,
  { redactor, outlets, loadHooks }: CommandContext,
): Promise<number> => {
  loadHooks()
  const script = execScript(command)
  const notice = (text: string) => outlets.err(`${text}\n`)
  const { timeout } = options
  const workspace = await openWorkspace(options, { redactor, asks: !options.listHosts })
  writeWarnings(workspace.inventory, outlets)
  // an error shows it as it was typed, before the play that is made of it is looked at
  workspace.inventoryView.match(pattern, 'pattern')
  const book = playbook({
    name: 'exec',
    vars: z.unknown(),
    plays: ({ play }) => [play(script, { hosts: pattern, tasks: () => [execTask({ script, timeout })] })],
  })
  if (options.listHosts) {
    outlets.out(listHosts(hostsOfPlays(book, workspace)))
    return 0
  }
  const plan = await planOpened(book, workspace, redactor, { notice })
  // what a command prints is what was asked for
  const verbose = Math.max(1, options.verbose)
  return execute(plan, workspace, { ...valuesOf(runOptions), ...options, verbose }, redactor)
}
