import { z } from 'zod'
import { playbook } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { candidatePattern } from '../../dsl/select.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import { CoxswainError } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import { settingNames } from '../../inventory/settings.ts'
import { validateAll } from '../../inventory/validate.ts'
import { makePlan } from '../../run/plan.ts'
import { execute } from '../execute.ts'
import { findTarget } from '../library.ts'
import { listHosts, listLibrary, listNames, listTasks } from '../listing.ts'
import type { Options, Request } from '../options.ts'
import { taskFromWords } from '../params.ts'
import { playbookHelp, taskHelp } from '../help.ts'
import { openWorkspace } from '../workspace.ts'
import type { Workspace } from '../workspace.ts'

/** A playbook of one task, for `run TASK key=value…`. */
const playbookOf = (factory: TaskFactory, words: readonly string[], { hosts }: Options): Playbook => {
  const task = taskFromWords(factory, words)
  if (hosts === undefined) {
    throw new CoxswainError('usage', `on which hosts shall ${task.name} run?`, {
      hint: 'name them: --hosts PATTERN',
    })
  }
  return playbook({
    name: task.name,
    vars: z.unknown(),
    plays: ({ play }) => [play(task.title, { hosts, tasks: () => [task] })],
  })
}

/**
 * An inventory serves many playbooks and may hold what this one does not read; who types a variable means this one.
 *
 * @throws `variables-invalid` for one that the playbook does not read, with the nearest name.
 */
const refuseUnknownVariables = ({ name, vars }: Playbook, { extraVars }: Options): void => {
  if (!(vars instanceof z.ZodObject)) return
  const known = [...Object.keys(vars.shape), ...settingNames]
  for (const word of extraVars.filter((one) => !one.startsWith('@'))) {
    const [variable = ''] = word.split('=')
    if (known.includes(variable)) continue
    const guess = nearest(variable, known)
    throw new CoxswainError('variables-invalid', `${name} reads no variable ${variable}`, {
      hint: guess === undefined ? 'see its variables with --help' : `did you mean ${guess}?`,
    })
  }
}

/** Variables are checked before anything connects, on every host that a play could touch. */
const checkVariables = (book: Playbook, { hosts, territory, limit }: Workspace): void => {
  const touched = new Set(
    book.plays.flatMap(({ hosts: selector, optional }) => {
      const pattern = candidatePattern(selector)
      return optional === true && !territory.hasGroup(pattern) ? [] : territory.match(pattern)
    }),
  )
  validateAll(
    book.vars,
    [...hosts.values()].filter(
      ({ name }) => touched.has(name) && (limit === undefined || limit.includes(name)),
    ),
  )
}

/** The hosts that `--hosts` and `--limit` leave, all of them where neither is given. */
const listInventory = async (options: Options): Promise<string> => {
  const { territory, limit } = await openWorkspace(options)
  return listNames(
    territory.match(options.hosts ?? 'all').filter((name) => limit === undefined || limit.includes(name)),
  )
}

/** `run PLAYBOOK…` and `run TASK…`. Gives the exit status. */
export const run = async (
  { target, params, options }: Extract<Request, { kind: 'run' }>,
  library: ReadonlyMap<string, TaskFactory>,
): Promise<number> => {
  if (target === undefined) {
    process.stdout.write(options.listTasks ? listLibrary(library.values()) : await listInventory(options))
    return 0
  }
  const found = await findTarget(target, library)
  if (options.help) {
    process.stdout.write(
      found.kind === 'task' ? taskHelp(found.task.info) : playbookHelp(target, found.playbook),
    )
    return 0
  }
  if (found.kind === 'playbook' && options.hosts !== undefined) {
    throw new CoxswainError('usage', 'the plays of a playbook name their hosts themselves', {
      hint: `to leave the others out, give --limit ${options.hosts}`,
    })
  }
  if (found.kind === 'playbook' && params.length > 0) {
    throw new CoxswainError('usage', `a playbook takes no ${params.join(' ')}`, {
      hint: `give a variable with -e ${params[0] ?? 'name=value'}`,
    })
  }
  const book = found.kind === 'playbook' ? found.playbook : playbookOf(found.task, params, options)
  if (found.kind === 'playbook') refuseUnknownVariables(book, options)
  const workspace = await openWorkspace(options)
  checkVariables(book, workspace)
  const plan = makePlan(book, workspace.territory, workspace.limit)
  if (options.listHosts || options.listTasks) {
    process.stdout.write(options.listHosts ? listHosts(plan) : listTasks(plan))
    return 0
  }
  return execute(plan, workspace, options)
}
