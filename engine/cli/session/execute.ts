import { unlessAborted } from '../../connection/abort.ts'
import { exitCodes } from '../../exit-codes.ts'
import { packageVersion } from '../../package-root.ts'
import { programNameOf } from '../program-name.ts'
import { CoxswainError, exitCodeOf } from '../../errors.ts'
import { formatError } from '../../report/format-error.ts'
import { lastMask } from '../../report/last-mask.ts'
import { dispatch } from '../../report/reporter.ts'
import { canChangeHosts } from '../../run/plan/choose-tasks.ts'
import type { Plan } from '../../run/plan/plan.ts'
import type { OnMade } from '../../run/host-context.ts'
import { refuseMaskedPlan } from '../../run/plan/refuse-masks.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { reportError } from '../../run/report-error.ts'
import { runPlan } from '../../run/runner.ts'
import { refuseTooManyHosts } from './file-limit.ts'
import { onInterrupt } from './interrupt.ts'
import { retentionOf, stateFolder } from '../journal/folder.ts'
import { newHeader, withoutValues } from '../journal/header.ts'
import type { Subject } from '../journal/header.ts'
import { openJournal } from '../journal/journal.ts'
import type { Journal, JournalOptions } from '../journal/journal.ts'
import { hostLocks } from './lock.ts'
import type { RunOptions } from '../options/run.ts'
import type { PlacedHook } from '../project/hooks.ts'
import { Prompt, ownTerminal } from './prompt.ts'
import { stepper } from './step.ts'
import { outletsOf } from '../outlets.ts'
import { inputsOf, refuseOverwriting } from './output-inputs.ts'
import type { OtherInputs } from './output-inputs.ts'
import { openReporters, requestsOf } from './reporters.ts'
import type { CreateScreen } from './reporters.ts'
import type { ResumeState } from './resume.ts'
import type { Workspace } from './workspace.ts'

/** The record of a run in the journal, and the state from earlier runs. */
export interface RunRecord extends Omit<ResumeState, 'plan'> {
  readonly subject: Subject
  readonly seen: JournalOptions['seen']
  /** Makes the signatures of the tasks, given a hash function. */
  readonly signatures: NonNullable<JournalOptions['signatures']>
  /** Called with the steps that a step with values made. */
  readonly onMade: OnMade
}

/** What else a run depends on. */
export interface ExecuteDetails {
  /** The journal entry and the state to resume; without it, the run is not recorded and no host is locked. */
  readonly record?: RunRecord
  /** Creates the reporter for standard output if no output is chosen. */
  readonly createScreen?: CreateScreen
  /** What is read without an option. */
  readonly inputs?: OtherInputs
  /** Functions of the project's settings, by type of event. */
  readonly hooks?: ReadonlyMap<string, PlacedHook>
  /** Reports what else is known after the run, and returns the exit status. */
  readonly lastly?: (exit: number) => number
}

/**
 * Runs a plan with the reporters that the options choose. Returns the exit status.
 *
 */
export const execute = async (
  plan: Plan,
  workspace: Workspace,
  options: RunOptions,
  redactor: Redactor,
  { record, createScreen, inputs, hooks, lastly = (exit) => exit }: ExecuteDetails = {},
): Promise<number> => {
  refuseMaskedPlan(plan)
  const fleet = await workspace.loadFleet()
  await refuseTooManyHosts(plan, fleet)
  const { stdin, stderr, env } = process
  const outlets = outletsOf(redactor)
  if (options.step && !stdin.isTTY) {
    throw new CoxswainError('usage', '--step asks before each task, but standard input is not a terminal')
  }
  refuseOverwriting(requestsOf(options), inputsOf(options, inputs))
  let journal: Journal | undefined
  const { reporter, notice } = await openReporters(
    options,
    outlets,
    () => journal?.intact === true && canChangeHosts(plan),
    createScreen,
    hooks,
  )
  const { stopping, signal, release } = onInterrupt(notice)
  const prompt = new Prompt(ownTerminal(outlets))
  /** Asks one question at a time, without the screen of the reporter. */
  const ask = async (question: string): Promise<string> => {
    const resume = reporter.suspend()
    try {
      return await unlessAborted(prompt.line(question), stopping, 'interrupted at a question')
    } finally {
      resume()
    }
  }
  if (record !== undefined && options.journal)
    journal = openJournal({
      folder: stateFolder(env),
      seen: record.seen,
      header: newHeader(record.subject, options, process.argv.slice(2), record.resumes),
      retention: retentionOf(env),
      signatures: record.signatures,
      lastly: lastMask(redactor, 'json'),
      warn: notice,
    })
  /** Handlers due from earlier runs are in the journals of those runs, even if this journal fails. */
  const inherited = (host: string, handler: string): boolean =>
    record !== undefined && plan.plays.some((_, play) => record.due(play, host).includes(handler))
  // runs that only read, and commands of `run exec`, take no locks
  const changes = canChangeHosts(plan)
  const locks = record !== undefined && changes && options.lock && !options.check
  for (const text of record?.notes ?? []) notice(text)
  let exit: number = exitCodes.failed
  let ran = false
  /** The error of a report that could not be written. */
  let unreported: unknown
  try {
    const result = await runPlan(plan, fleet, {
      checkMode: options.check,
      invocation: {
        version: packageVersion(),
        inventory: options.inventory,
        command: [programNameOf(process.argv[1]), ...withoutValues(process.argv.slice(2))],
      },
      // --step asks about one task at a time
      forks: options.step ? 1 : options.forks,
      stopping,
      signal,
      ask,
      ...(options.step && { confirm: stepper(ask) }),
      redactor,
      ...(record && { due: record.due, onMade: record.onMade }),
      remembers: (host, handler) => journal?.remembers(host, handler) === true || inherited(host, handler),
      ...(locks && { lock: hostLocks(options, { purpose: plan.playbook, stopping, note: notice }) }),
      emit: (event) => {
        journal?.record(event)
        dispatch(reporter, event)
      },
    })
    const changePredicted =
      options.check && options.exitCode && result.exit === exitCodes.ok && result.wouldChange
    exit = changePredicted ? exitCodes.differs : result.exit
    ran = true
  } finally {
    prompt.close()
    await reporter.close().catch((error: unknown) => (unreported = error))
    if (unreported !== undefined && (exit === exitCodes.ok || exit === exitCodes.differs))
      exit = exitCodeOf(unreported)
    if (ran) exit = lastly(exit)
    await journal?.close(exit)
    release()
  }
  if (unreported === undefined) return exit
  // a failure on hosts is more important than a missing report
  outlets.err(`${formatError(reportError(unreported, redactor), { color: stderr.isTTY, verbosity: 0 })}\n`)
  return exit
}
