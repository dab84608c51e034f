import { dirname } from 'node:path'
import { z } from 'zod'
import { playbook, schemasOf } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import { exitCodes } from '../../error-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { packageVersion } from '../../package-root.ts'
import { nearest } from '../../inventory/nearest.ts'
import { extraNames } from '../../inventory/variables/typed.ts'
import { settingNames } from '../../inventory/variables/settings.ts'
import type { Plan } from '../../run/plan/plan.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { chooseOutputs } from '../../report/choose-outputs.ts'
import { outputs } from '../../report/outputs.ts'
import { commandNames } from '../define-command.ts'
import type { CommandContext } from '../define-command.ts'
import type { RunOptions } from '../options/run.ts'
import { startAt } from '../../run/plan/start-at.ts'
import { chooseByTags } from '../../run/plan/tags.ts'
import { execute } from './execute.ts'
import { stateFolder } from '../journal/folder.ts'
import { subjectOf } from '../journal/header.ts'
import { existingHash } from '../journal/key.ts'
import { noMemory, remember } from '../journal/memory.ts'
import { signaturesOf } from '../journal/signatures.ts'
import { readSources } from '../journal/sources.ts'
import { findTarget, libraryOf } from './library.ts'
import { listHosts, listLibrary, listNames, listTags, listTasks, plannedHosts } from './listing.ts'
import { refuseWords, taskFromWords } from './params.ts'
import { playbookHelp, taskHelp } from '../docs/params.ts'
import { hostsOfPlays, planOpened } from './plan-opened.ts'
import { resumeState, lostHandlers, marksOf } from './resume.ts'
import { writeWarnings } from './warnings.ts'
import { openWorkspace } from './workspace.ts'
import type { Outlets } from '../outlets.ts'
import { screenNow } from './reporters.ts'

/** A playbook of one task, for `run TASK key=value…`. */
const playbookOf = (factory: TaskFactory, words: readonly string[], { hosts }: RunOptions): Playbook => {
  const task = taskFromWords(factory, words)
  if (hosts === undefined) {
    throw new CoxswainError('usage', `no hosts are named for the task ${task.name}`, {
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
const refuseUnknownVariables = (book: Playbook, { extraVars }: RunOptions): void => {
  const { name } = book
  const known = [...settingNames]
  for (const schema of schemasOf(book)) {
    // one that is no object takes any
    if (!(schema instanceof z.ZodObject)) return
    known.push(...Object.keys(schema.shape))
  }
  for (const variable of extraVars.flatMap(extraNames)) {
    if (known.includes(variable)) continue
    const guess = nearest(variable, known)
    throw new CoxswainError('variables-invalid', `${name} reads no variable ${shownWord(variable)}`, {
      hint: guess === undefined ? 'see its variables with --help' : `did you mean ${guess}?`,
    })
  }
}

/** Whether some plays may be left out: then the hosts are not known without planning. */
const choosesTasks = ({ tags, skipTags, startAtTask }: RunOptions): boolean =>
  tags.length > 0 || skipTags.length > 0 || startAtTask !== undefined

/** The tasks that the command line chooses. */
const chosenPlan = (plan: Plan, { tags, skipTags, startAtTask }: RunOptions): Plan => {
  const chosen = chooseByTags(plan, { tags, skipTags })
  return startAtTask === undefined ? chosen : startAt(chosen, startAtTask)
}

/** What is to be listed instead of run, where something is. */
const listingOf = (
  plan: Plan,
  { listHosts: hosts, listTasks: tasks, listTags: tags }: RunOptions,
): string | undefined => {
  if (hosts) return listHosts(plannedHosts(plan))
  if (tasks) return listTasks(plan)
  return tags ? listTags(plan) : undefined
}

/** The hosts that `--hosts` and `--limit` leave, all of them where neither is given. */
const listInventory = async (options: RunOptions, redactor: Redactor, outlets: Outlets): Promise<string> => {
  const { inventory, inventoryView, limit } = await openWorkspace(options, { redactor, asks: false })
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

/** `run --list-tasks` and `run --list-hosts`, without a playbook or task. Gives the exit status. */
const runWithoutTarget = async (
  { options }: RunInput,
  { redactor, outlets, loadLibrary }: CommandContext,
): Promise<number> => {
  outlets.out(
    options.listTasks
      ? listLibrary(libraryOf(await loadLibrary()).values())
      : await listInventory(options, redactor, outlets),
  )
  return exitCodes.ok
}

/** `run PLAYBOOK…` and `run TASK…`. Gives the exit status. */
export const run = async (input: RunInput, context: CommandContext): Promise<number> => {
  const { target, params } = input.arguments
  const { options } = input
  const { redactor, outlets, loadLibrary, loadHooks } = context
  loadHooks()
  if (target === undefined) return runWithoutTarget(input, context)
  const screen = outputs[chooseOutputs(options.output, screenNow()).screen]
  const found = await findTarget(target, loadLibrary, commandNames(context.program))
  if (options.help) {
    const { name } = context.program
    outlets.out(
      found.kind === 'task'
        ? taskHelp(found.task.info, name, target)
        : playbookHelp(target, found.playbook, name),
    )
    return 0
  }
  if (found.kind === 'playbook' && options.hosts !== undefined) {
    throw new CoxswainError('usage', 'the plays of a playbook name their hosts themselves', {
      hint: `to leave the others out, give --limit ${options.hosts}`,
    })
  }
  if (found.kind === 'playbook') refuseWords(params)
  const book = found.kind === 'playbook' ? found.playbook : playbookOf(found.task, params, options)
  if (found.kind === 'playbook') refuseUnknownVariables(book, options)
  const playbookFolder = found.kind === 'playbook' ? dirname(target) : undefined
  const workspace = await openWorkspace(options, {
    playbookFolder,
    redactor,
    asks: !options.listHosts,
  })
  writeWarnings(workspace.inventory, outlets)
  // an error shows what was typed, before the play that was made of it is looked at
  if (options.hosts !== undefined) workspace.inventoryView.match(options.hosts, '--hosts')
  if (options.listHosts && !choosesTasks(options)) {
    outlets.out(listHosts(hostsOfPlays(book, workspace)))
    return 0
  }
  const whole = await planOpened(book, workspace, redactor, {
    // whether variables have changed is known only when they are opened
    listing: (options.listTasks && !options.resume) || options.listTags || options.listHosts,
    notice: (text) => outlets.err(`${text}\n`),
  })
  // a tag beside never is what --tags is for, so the list of tags that there are has it too
  const plan = options.listTags && !choosesTasks(options) ? whole : chosenPlan(whole, options)
  const resuming = options.resume && options.listTasks && !options.listHosts
  const listing = resuming ? undefined : listingOf(plan, options)
  if (listing !== undefined) {
    outlets.out(listing)
    return 0
  }
  const subject = subjectOf(target, options)
  const folder = stateFolder(process.env)
  const recorded = options.journal ? remember(folder, subject) : noMemory
  const memory = { ...recorded, warnings: [...recorded.warnings, ...lostHandlers(whole, recorded)] }
  const [file = ''] = subject.playbook.split('#')
  const making = {
    // as they are now: what is opened later, on the way to a host, would make them look changed
    hosts: new Map(workspace.hosts),
    playbook: file,
    as: [options.user, options.become, options.becomeUser, options.becomeMethod],
    version: packageVersion(),
    sources: readSources(),
  }
  const hash = existingHash(folder)
  const signatureAt = hash && signaturesOf({ ...making, plan }, hash)
  const inherited = resumeState(plan, memory, options, (where, { position }) =>
    signatureAt?.(where, position),
  )
  if (resuming) {
    const notes = typeof inherited === 'string' ? [inherited] : inherited.notes
    for (const text of notes) outlets.err(`${text}\n`)
    outlets.out(listTasks(plan, marksOf(inherited)))
    return 0
  }
  if (typeof inherited === 'string') {
    outlets[screen.isForPrograms ? 'err' : 'out'](`${inherited}\n`)
    return 0
  }
  const { plan: left } = inherited
  return execute(left, workspace, options, redactor, {
    record: {
      ...inherited,
      subject,
      seen: memory.seen,
      signatures: (hashWith) => {
        // what was prepared for the full plan holds for what is left of it
        const at = signatureAt ?? signaturesOf({ ...making, plan }, hashWith)
        return (task) => at(task, task.position)
      },
    },
  })
}
