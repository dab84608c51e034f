import { unlessAborted } from '../connection/abort.ts'
import { CoxswainError, exitCodes } from '../errors.ts'
import { chooseOutput, createReporter } from '../report/create.ts'
import { dispatch } from '../report/reporter.ts'
import type { Plan } from '../run/plan.ts'
import { runPlan } from '../run/runner.ts'
import { onInterrupt } from './interrupt.ts'
import { runsToKeep, stateFolder } from './journal/folder.ts'
import { newHeader } from './journal/header.ts'
import type { Subject } from './journal/header.ts'
import { openJournal } from './journal/journal.ts'
import { lockedFleet } from './lock.ts'
import type { Options } from './options.ts'
import { Prompt } from './prompt.ts'
import { stepper } from './step.ts'
import type { Workspace } from './workspace.ts'

/**
 * Runs a plan, reports it as the options say, and gives the exit status.
 *
 * @param subject what the run is recorded under, and its hosts are locked for; neither is done without one.
 */
export const execute = async (
  plan: Plan,
  workspace: Workspace,
  options: Options,
  subject?: Subject,
): Promise<number> => {
  const { stdin, stdout, stderr, env } = process
  if (options.step && !stdin.isTTY) {
    throw new CoxswainError('usage', '--step asks before each task, and there is no terminal to ask at')
  }
  const { isTTY } = stdout
  const kind = chooseOutput({ isTTY, ci: env['CI'] !== undefined, requested: options.output })
  const reporter = createReporter(kind, {
    write: (text) => stdout.write(text),
    color: isTTY && env['NO_COLOR'] === undefined,
    // asked anew for each picture: a terminal may change its size
    get width() {
      return stdout.columns ?? 80
    },
    get height() {
      return stdout.rows ?? 24
    },
    diff: options.diff,
    verbosity: options.verbose,
  })
  // JSON is for programs, and what is no event is for people
  const note = (text: string): void => {
    if (kind === 'json') stderr.write(`${text}\n`)
    else reporter.note(text)
  }
  const { stopping, signal, release } = onInterrupt(note)
  const prompt = new Prompt()
  /** Questions one after another, the screen taken away meanwhile. */
  const ask = async (question: string): Promise<string> => {
    const resume = reporter.suspend()
    try {
      return await unlessAborted(prompt.line(question), stopping, 'interrupted at a question')
    } finally {
      resume()
    }
  }
  const journal =
    subject === undefined || !options.journal
      ? undefined
      : openJournal({
          folder: stateFolder(env),
          header: newHeader(subject, options, process.argv.slice(2)),
          keep: runsToKeep(env),
          warn: note,
        })
  // what only reads, and what a person types at hosts, is nobody's danger but their own
  const locks = subject !== undefined && options.lock && !options.check
  const fleet = locks
    ? lockedFleet(workspace.fleet, options, { purpose: plan.playbook, note })
    : workspace.fleet
  let exit: number = exitCodes.failed
  try {
    const result = await runPlan(plan, fleet, {
      checkMode: options.check,
      // one question at a time, about one task at a time
      forks: options.step ? 1 : options.forks,
      stopping,
      signal,
      ask,
      ...(options.step && { confirm: stepper(ask) }),
      emit: (event) => {
        journal?.record(event)
        dispatch(reporter, event)
      },
    })
    const foretold = options.check && options.exitCode && result.exit === exitCodes.ok && result.wouldChange
    exit = foretold ? exitCodes.wouldChange : result.exit
    return exit
  } finally {
    prompt.close()
    await journal?.close(exit)
    await reporter.close()
    release()
  }
}
