import { unlessAborted } from '../../connection/abort.ts'
import { exitCodes } from '../../error-codes.ts'
import { CoxswainError, exitCodeOf } from '../../errors.ts'
import { formatError } from '../../report/format-error.ts'
import { lastMask } from '../../report/last-mask.ts'
import { dispatch } from '../../report/reporter.ts'
import { everyTask } from '../../run/plan/choose-tasks.ts'
import type { Plan } from '../../run/plan/plan.ts'
import { refuseMaskedPlan } from '../../run/plan/refuse-masks.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { reportError } from '../../run/report-error.ts'
import { runPlan } from '../../run/runner.ts'
import { refuseTooManyHosts } from './file-limit.ts'
import { onInterrupt } from './interrupt.ts'
import { retentionOf, stateFolder } from '../journal/folder.ts'
import { newHeader } from '../journal/header.ts'
import type { Subject } from '../journal/header.ts'
import { openJournal } from '../journal/journal.ts'
import type { Journal, JournalOptions } from '../journal/journal.ts'
import { hostLocks } from './lock.ts'
import type { RunOptions } from '../options/run.ts'
import { Prompt, ownTerminal } from './prompt.ts'
import { stepper } from './step.ts'
import { outletsOf } from '../outlets.ts'
import { openReporters } from './reporters.ts'
import type { CreateScreen } from './reporters.ts'
import type { ResumeState } from './resume.ts'
import type { Workspace } from './workspace.ts'

/** What connects a run with those before and after it. */
export interface RunRecord extends Omit<ResumeState, 'plan'> {
  readonly subject: Subject
  readonly seen: JournalOptions['seen']
  /** What the tasks of the run are made of, given what makes hashes. */
  readonly signatures: NonNullable<JournalOptions['signatures']>
}

/** What else a run depends on. */
export interface ExecuteDetails {
  /** What the run is recorded under and takes over; without it, it is not recorded, and nothing is locked. */
  readonly record?: RunRecord
  /** Makes what is shown on standard output where no output is asked for. */
  readonly createScreen?: CreateScreen
}

/**
 * Runs a plan, reports it as the options say, and gives the exit status.
 *
 */
export const execute = async (
  plan: Plan,
  workspace: Workspace,
  options: RunOptions,
  redactor: Redactor,
  { record, createScreen }: ExecuteDetails = {},
): Promise<number> => {
  refuseMaskedPlan(plan)
  await refuseTooManyHosts(plan, workspace.fleet)
  const { stdin, stderr, env } = process
  const outlets = outletsOf(redactor)
  if (options.step && !stdin.isTTY) {
    throw new CoxswainError('usage', '--step asks before each task, and there is no terminal to ask at')
  }
  let journal: Journal | undefined
  const { reporter, notice } = await openReporters(
    options,
    outlets,
    () => journal?.intact === true,
    createScreen,
  )
  const { stopping, signal, release } = onInterrupt(notice)
  const prompt = new Prompt(ownTerminal(outlets))
  /** Questions one after another, the screen taken away meanwhile. */
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
  /** What earlier runs have left due stays remembered by them, whatever becomes of this one's journal. */
  const inherited = (host: string, handler: string): boolean =>
    record !== undefined && plan.plays.some((_, play) => record.due(play, host).includes(handler))
  // what only reads, and what a person types at hosts, is nobody's danger but their own
  const changes =
    everyTask(plan).some(({ planned: { task } }) => task.apply !== undefined && task.changes) ||
    plan.plays.some(({ candidates }) => [...candidates.values()].some(({ handlers }) => handlers.length > 0))
  const locks = record !== undefined && changes && options.lock && !options.check
  for (const text of record?.notes ?? []) notice(text)
  let exit: number = exitCodes.failed
  /** Why a report could not be written. */
  let unreported: unknown
  try {
    const result = await runPlan(plan, workspace.fleet, {
      checkMode: options.check,
      // one question at a time, about one task at a time
      forks: options.step ? 1 : options.forks,
      stopping,
      signal,
      ask,
      ...(options.step && { confirm: stepper(ask) }),
      redactor,
      ...(record && { due: record.due }),
      remembers: (host, handler) => journal?.remembers(host, handler) === true || inherited(host, handler),
      ...(locks && { lock: hostLocks(options, { purpose: plan.playbook, stopping, note: notice }) }),
      emit: (event) => {
        journal?.record(event)
        dispatch(reporter, event)
      },
    })
    const foretold = options.check && options.exitCode && result.exit === exitCodes.ok && result.wouldChange
    exit = foretold ? exitCodes.wouldChange : result.exit
  } finally {
    prompt.close()
    await reporter.close().catch((error: unknown) => (unreported = error))
    if (unreported !== undefined && (exit === exitCodes.ok || exit === exitCodes.wouldChange))
      exit = exitCodeOf(unreported)
    await journal?.close(exit)
    release()
  }
  if (unreported === undefined) return exit
  // what went wrong on hosts says more than that the report is missing
  outlets.err(`${formatError(reportError(unreported, redactor), { color: stderr.isTTY, verbosity: 0 })}\n`)
  return exit
}
