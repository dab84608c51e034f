import { z } from 'zod'
import { playbook } from '../../dsl/playbook.ts'
import { oneLine } from '../../report/text.ts'
import type { CommandContext } from '../define-command.ts'
import { valuesOf } from '../define-option.ts'
import { runOptions } from '../options/run.ts'
import type { HostOptions } from '../options/run.ts'
import { execute } from '../session/execute.ts'
import { listHosts } from '../session/listing.ts'
import { hostsOfPlays, planOpened } from '../session/plan-opened.ts'
import { writeWarnings } from '../session/warnings.ts'
import { openWorkspace } from '../session/workspace.ts'
import { chooseFacts } from './choose.ts'
import { factsTask } from './read-facts.ts'
import { factsReporter } from './reporter.ts'
import { showFacts } from './show.ts'
import type { FactsForm } from './show.ts'

interface FactsInput {
  readonly arguments: { readonly pattern: string; readonly facts: readonly string[] }
  readonly options: HostOptions & {
    readonly verbose: number
    readonly listHosts: boolean
    readonly output: FactsForm | undefined
  }
}

/** `run facts PATTERN [FACT…]`. Returns the exit status. */
export const facts = async (
  { arguments: { pattern, facts: words }, options }: FactsInput,
  { redactor, outlets, loadHooks, loadLibrary, project: openProject }: CommandContext,
): Promise<number> => {
  loadHooks()
  const project = await openProject()
  const workspace = await openWorkspace(options, { redactor, asks: !options.listHosts, project })
  writeWarnings(workspace.inventory, outlets)
  // checked first, so that an error shows the pattern as typed
  workspace.inventoryView.match(pattern, 'pattern')
  const choice = await chooseFacts(words, { loadLibrary, project: openProject })
  const values = new Map<string, Map<string, unknown>>()
  const task = factsTask(choice, {
    found: (host, fact, value) => {
      redactor.learn(value)
      values.set(host, (values.get(host) ?? new Map<string, unknown>()).set(fact, value))
    },
    missing: (host, fact, why) => outlets.err(`${oneLine(`${host}: ${fact}: ${why}`)}\n`),
  })
  const book = playbook({
    name: 'facts',
    vars: z.unknown(),
    plays: ({ play }) => [play('facts', { hosts: pattern, tasks: () => [task({})] })],
  })
  if (options.listHosts) {
    outlets.out(listHosts(hostsOfPlays(book, workspace)))
    return 0
  }
  const notice = (text: string) => outlets.err(`${text}\n`)
  const plan = await planOpened(book, workspace, redactor, { notice })
  const finish = (hosts: readonly string[]): void => {
    const shown = hosts.flatMap((host) => {
      const found = values.get(host)
      return found === undefined ? [] : [[host, found] as const]
    })
    outlets.out(showFacts(new Map(shown), options.output ?? 'table'))
  }
  return execute(plan, workspace, { ...valuesOf(runOptions), ...options, output: [] }, redactor, {
    hooks: project.hooks,
    inputs: { settings: project.file },
    createScreen: ({ verbosity }) =>
      factsReporter({ color: process.stderr.isTTY, verbosity, err: outlets.err, finish }),
  })
}
