import { dirname } from 'node:path'
import { z } from 'zod'
import { playbook } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { isRole } from '../../dsl/role.ts'
import type { Unit } from '../../dsl/role.ts'
import { exitCodes } from '../../exit-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import { extraNames } from '../../inventory/variables/typed.ts'
import { settingNames } from '../../inventory/variables/setting-names.ts'
import type { Plan } from '../../run/plan/plan.ts'
import { chooseOutputs } from '../../report/choose-outputs.ts'
import { outputs } from '../../report/outputs.ts'
import { commandNames } from '../define-command.ts'
import type { CommandContext } from '../define-command.ts'
import type { RunOptions } from '../options/run.ts'
import { startAt } from '../../run/plan/start-at.ts'
import { OpenTags } from '../../run/plan/open-tags.ts'
import { chooseByTags } from '../../run/plan/tags.ts'
import { findTarget, libraryOf } from './library.ts'
import { looksLikeFile } from './looks-like-file.ts'
import { listHosts, listLibrary, listNames, listTags, listTasks, plannedHosts } from './listing.ts'
import { inputFromWords, refuseWords } from './params.ts'
import { playbookHelp, unitHelp } from '../docs/params.ts'
import { hostsOfPlays, planOpened } from './plan-opened.ts'
import { reportTags } from './report-tags.ts'
import { variableNamesOf } from './variable-names.ts'
import { variablesRead, writeWarnings } from './warnings.ts'
import { openWorkspace } from './workspace.ts'
import { screenNow } from './reporters.ts'

/** A playbook of one task or role, for `run TASK key=value…`. */
const playbookOf = (unit: Unit, words: readonly string[], { hosts }: RunOptions): Playbook => {
  const step = unit.from(inputFromWords(unit.info, words))
  const { name } = step
  if (hosts === undefined) {
    throw new CoxswainError('usage', `the ${isRole(unit) ? 'role' : 'task'} ${name} needs hosts`, {
      hint: 'add --hosts PATTERN',
    })
  }
  return playbook({
    name,
    vars: z.unknown(),
    plays: ({ play }) => [play('title' in step ? step.title : name, { hosts, tasks: () => [step] })],
  })
}

/**
 * Refuses `-e` variables that the playbook does not read. The inventory can have such variables: it is for other playbooks too.
 *
 * @throws `variables-invalid` with the nearest name.
 */
const refuseUnknownVariables = (book: Playbook, { extraVars }: RunOptions): void => {
  const { name } = book
  const read = variableNamesOf(book)
  if (read === undefined) return
  const known = [...settingNames, ...read]
  for (const variable of extraVars.flatMap(extraNames)) {
    if (known.includes(variable)) continue
    const guess = nearest(variable, known)
    throw new CoxswainError('variables-invalid', `${name} does not read a variable ${shownWord(variable)}`, {
      hint: guess === undefined ? '--help lists its variables' : `did you mean ${guess}?`,
    })
  }
}

/** Whether options can leave out plays: then the hosts are only known from the plan. */
const choosesTasks = ({ tags, skipTags, startAtTask }: RunOptions): boolean =>
  tags.length > 0 || skipTags.length > 0 || startAtTask !== undefined

/** The plan with the tasks that the options choose. */
const chosenPlan = (plan: Plan, { tags, skipTags, startAtTask }: RunOptions): Plan => {
  const chosen = chooseByTags(plan, { tags, skipTags })
  return startAtTask === undefined ? chosen : startAt(chosen, startAtTask)
}

/** The text of `--list-hosts`, `--list-tasks` or `--list-tags`; undefined without one of them. */
const listingOf = (
  plan: Plan,
  { listHosts: hosts, listTasks: tasks, listTags: tags }: RunOptions,
): string | undefined => {
  if (hosts) return listHosts(plannedHosts(plan))
  if (tasks) return listTasks(plan)
  return tags ? listTags(plan) : undefined
}

/** The hosts that match `--hosts` and `--limit`; all hosts without them. */
const listInventory = async (
  options: RunOptions,
  { redactor, outlets, project }: CommandContext,
): Promise<string> => {
  const { inventory, inventoryView, limit } = await openWorkspace(options, {
    redactor,
    asks: false,
    project: await project(),
  })
  writeWarnings(inventory, outlets)
  return listNames(
    inventoryView
      .match(options.hosts ?? 'all', '--hosts')
      .filter((name) => limit === undefined || limit.includes(name)),
  )
}

interface RunInput {
  readonly arguments: { readonly target: string | undefined; readonly params: readonly string[] }
  readonly options: RunOptions & { readonly help: boolean }
}

/** `run --list-tasks` and `run --list-hosts`, without a playbook or task. Returns the exit status. */
const runWithoutTarget = async ({ options }: RunInput, context: CommandContext): Promise<number> => {
  const { outlets, loadLibrary, loadHooks } = context
  if (options.listTasks) outlets.out(listLibrary(libraryOf(await loadLibrary()).values()))
  else {
    loadHooks()
    outlets.out(await listInventory(options, context))
  }
  return exitCodes.ok
}

/** @throws `usage` for `--connect` without a list that it can complete. */
const refuseConnect = (
  target: string | undefined,
  { connect, listTasks: tasks, listTags: tags, resume }: RunOptions,
): void => {
  if (!connect || (target !== undefined && (tasks || tags) && !resume)) return
  throw new CoxswainError('usage', '--connect is for --list-tasks and --list-tags of a playbook', {
    hint: 'without --resume: run PLAYBOOK -i INVENTORY --list-tasks --connect',
  })
}

/** `run PLAYBOOK…` and `run TASK…`. Returns the exit status. */
export const run = async (input: RunInput, context: CommandContext): Promise<number> => {
  const { target, params } = input.arguments
  const { options } = input
  refuseConnect(target, options)
  const { redactor, outlets, loadLibrary, loadHooks } = context
  if (target === undefined) return runWithoutTarget(input, context)
  // before the hooks: they load every module that comes after them through another thread
  if (looksLikeFile(target)) await loadLibrary()
  loadHooks()
  const screen = outputs[chooseOutputs(options.output, screenNow()).screen]
  const found = await findTarget(target, {
    loadLibrary,
    project: context.project,
    commands: commandNames(context.program),
  })
  if (options.help) {
    const { name } = context.program
    outlets.out(
      found.kind === 'unit'
        ? unitHelp(found.unit.info, name, target)
        : playbookHelp(target, found.playbook, name),
    )
    return 0
  }
  if (found.kind === 'playbook' && options.hosts !== undefined) {
    throw new CoxswainError(
      'usage',
      '--hosts is for a single task: the plays of a playbook name their hosts',
      {
        hint: `to run on some hosts only, give --limit ${options.hosts}`,
      },
    )
  }
  if (found.kind === 'playbook') refuseWords(params)
  const book = found.kind === 'playbook' ? found.playbook : playbookOf(found.unit, params, options)
  if (found.kind === 'playbook') refuseUnknownVariables(book, options)
  const playbookFolder = found.kind === 'playbook' ? dirname(found.reference) : undefined
  const project = await context.project()
  const workspace = await openWorkspace(options, {
    playbookFolder,
    redactor,
    asks: !options.listHosts,
    project,
    run: { check: options.check, diff: options.diff, tags: options.tags, skipTags: options.skipTags },
  })
  writeWarnings(workspace.inventory, outlets, () => variablesRead(book))
  // checked first, so that an error shows the pattern as typed
  if (options.hosts !== undefined) workspace.inventoryView.match(options.hosts, '--hosts')
  if (options.listHosts && !choosesTasks(options)) {
    outlets.out(listHosts(hostsOfPlays(book, workspace)))
    return 0
  }
  const fullPlan = await planOpened(book, workspace, redactor, {
    // --resume compares variables, which must be opened for it
    listing:
      ((options.listTasks && !options.resume) || options.listTags || options.listHosts) && !options.connect,
    notice: (text) => outlets.err(`${text}\n`),
  })
  // --list-tags also lists the tags of tasks that are tagged never, as --tags can choose them
  const plan = options.listTags && !choosesTasks(options) ? fullPlan : chosenPlan(fullPlan, options)
  const openTags = new OpenTags(fullPlan, options)
  const resuming = options.resume && options.listTasks && !options.listHosts
  if (options.connect) {
    const { listConnected } = await import('./list-connected.ts')
    return listConnected({ plan, openTags }, workspace, options, context)
  }
  const listing = resuming ? undefined : listingOf(plan, options)
  if (listing !== undefined) {
    outlets.out(listing)
    return reportTags(openTags, exitCodes.ok, { outlets, redactor })
  }
  const { runPlanned } = await import('./run-planned.ts')
  return runPlanned(
    { reference: found.reference, fullPlan, plan, openTags, workspace, project, screen, resuming },
    options,
    context,
  )
}
