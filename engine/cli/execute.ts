import { unlessAborted } from '../connection/abort.ts'
import { CoxswainError, exitCodes } from '../errors.ts'
import { dispatch } from '../report/reporter.ts'
import type { Plan } from '../run/plan.ts'
import type { Redactor } from '../run/redactor.ts'
import { runPlan } from '../run/runner.ts'
import { onInterrupt } from './interrupt.ts'
import type { Options } from './options.ts'
import { Prompt } from './prompt.ts'
import { openReporters } from './reporters.ts'
import { stepper } from './step.ts'
import type { Workspace } from './workspace.ts'

/** Runs a plan, reports it as the options say, and gives the exit status. */
export const execute = async (
  plan: Plan,
  { fleet }: Workspace,
  options: Options,
  redactor: Redactor,
): Promise<number> => {
  const { stdin } = process
  if (options.step && !stdin.isTTY) {
    throw new CoxswainError('usage', '--step asks before each task, and there is no terminal to ask at')
  }
  const { reporter, notice } = openReporters(options)
  const { signal, release } = onInterrupt(() =>
    notice('interrupted: stopping what runs on the hosts (once more to leave at once)'),
  )
  const prompt = new Prompt()
  /** Questions one after another, the screen taken away meanwhile. */
  const ask = async (question: string): Promise<string> => {
    const resume = reporter.suspend()
    try {
      return await unlessAborted(prompt.line(question), signal, 'interrupted at a question')
    } finally {
      resume()
    }
  }
  try {
    const result = await runPlan(plan, fleet, {
      checkMode: options.check,
      // one question at a time, about one task at a time
      forks: options.step ? 1 : options.forks,
      signal,
      ask,
      ...(options.step && { confirm: stepper(ask) }),
      emit: (event) => dispatch(reporter, event),
      redactor,
    })
    const foretold = options.check && options.exitCode && result.exit === exitCodes.ok && result.wouldChange
    return foretold ? exitCodes.wouldChange : result.exit
  } finally {
    prompt.close()
    await reporter.close()
    release()
  }
}
