import { z } from 'zod'
import { CoxswainError } from '../../errors.ts'
import { playbook } from '../../dsl/playbook.ts'
import type { CommandContext } from '../define-command.ts'
import { valuesOf } from '../define-option.ts'
import { runOptions } from '../options/run.ts'
import type { HostOptions, RunOptions } from '../options/run.ts'
import { exitCodes } from '../../exit-codes.ts'
import { execReporter } from '../../report/exec-output.ts'
import { execScript, execTask } from './exec-task.ts'
import { execute } from './execute.ts'
import { listHosts } from './listing.ts'
import { hostsOfPlays, planOpened } from './plan-opened.ts'
import { writeWarnings } from './warnings.ts'
import { openWorkspace } from './workspace.ts'

interface ExecInput {
  readonly arguments: { readonly pattern: string; readonly command: readonly string[] }
  readonly options: HostOptions &
    Pick<RunOptions, 'verbose' | 'output' | 'report' | 'log' | 'listHosts'> & {
      /** Seconds. */
      readonly timeout: number | undefined
    }
}

/** Options that are usually meant for `run exec`, not for the command. */
const ownOptions = new Set(['-i', '--inventory', '--within', '-l', '--limit', '-b', '--become', '--output'])

/**
 * Refuses options of `run exec` after the command, if no inventory is given before it.
 *
 * @throws `usage`
 */
const refuseMisplaced = (command: readonly string[], { inventory }: ExecInput['options']): void => {
  if (inventory.length > 0) return
  const word = command.slice(1).find((one) => ownOptions.has(one.split('=')[0] ?? ''))
  if (word === undefined) return
  const name = word.split('=')[0] ?? ''
  throw new CoxswainError('usage', `${name} after the first word of the command belongs to the command`, {
    hint: 'write the options of exec before the command: `run exec -i INVENTORY PATTERN COMMAND`',
  })
}

/** `run exec PATTERN COMMAND`. Returns the exit status. */
export const exec = async (
  { arguments: { pattern, command }, options }: ExecInput,
  { redactor, outlets, loadHooks, project: openProject }: CommandContext,
): Promise<number> => {
  refuseMisplaced(command, options)
  loadHooks()
  const script = execScript(command)
  const notice = (text: string) => outlets.err(`${text}\n`)
  const { timeout } = options
  const project = await openProject()
  const workspace = await openWorkspace(options, { redactor, asks: !options.listHosts, project })
  writeWarnings(workspace.inventory, outlets)
  // checked first, so that an error shows the pattern as typed
  workspace.inventoryView.match(pattern, 'pattern')
  const statuses = new Map<string, number>()
  const task = execTask((host, status) => statuses.set(host, status))
  const book = playbook({
    name: 'exec',
    vars: z.unknown(),
    plays: ({ play }) => [play(script, { hosts: pattern, tasks: () => [task({ script, timeout })] })],
  })
  if (options.listHosts) {
    outlets.out(listHosts(hostsOfPlays(book, workspace)))
    return 0
  }
  const plan = await planOpened(book, workspace, redactor, { notice })
  // the output of the command is always wanted
  const verbose = Math.max(1, options.verbose)
  const exit = await execute(plan, workspace, { ...valuesOf(runOptions), ...options, verbose }, redactor, {
    hooks: project.hooks,
    inputs: { settings: project.file },
    createScreen: (shown) =>
      execReporter({ ...shown, verbosity: options.verbose, statusOf: (host) => statuses.get(host) }),
  })
  const [status, ...others] = statuses.values()
  const hosts = plan.plays.flatMap(({ hosts: names }) => names)
  const isOwn = hosts.length === 1 && others.length === 0 && exit === exitCodes.failed
  // with one host, the exit status of the command, as in ssh
  return isOwn && status !== undefined && status !== 0 ? status : exit
}
