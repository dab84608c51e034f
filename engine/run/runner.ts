import { setMaxListeners } from 'node:events'
import { exitCodes } from '../exit-codes.ts'
import { CoxswainError, exitCodeOf } from '../errors.ts'
import { now } from './clock.ts'
import type { Fleet } from './fleet.ts'
import type { Emit, HostRecap, Outcome, TaskRef, Invocation } from './events.ts'
import type { OnMade } from './host-context.ts'
import { maskEvent } from './masking/mask-event.ts'
import { canHaveHandler } from './plan/plan.ts'
import type { Plan } from './plan/plan.ts'
import { tasksOf } from './plan/planned-steps.ts'
import { runPlay } from './play/play-run.ts'
import { reportError } from './report-error.ts'
import { RunScope } from './scope.ts'
import type { ScopeOptions } from './scope.ts'
import { Tally } from './tally.ts'
import type { InheritedHandler } from './tally.ts'

export interface RunOptions extends ScopeOptions {
  readonly checkMode: boolean
  /** Maximum number of concurrent hosts. */
  readonly forks: number
  /** Aborting it stops the remote commands and ends the run with a recap. */
  readonly signal: AbortSignal
  /** Aborting it lets running tasks end; afterwards, only steps of `always` are started. */
  readonly stopping?: AbortSignal
  readonly emit: Emit
  /** How the run was started, for reports. */
  readonly invocation?: Invocation
  /** Asks the user whether to run a task; without it, all run. */
  readonly confirm?: (task: TaskRef) => Promise<boolean>
  /** Called with the steps that a step with values made on a host. */
  readonly onMade?: OnMade
  /** Handlers that are due from earlier runs, by index of the play and host. */
  readonly due?: (play: number, host: string) => readonly string[]
  /** Whether it is recorded for the next run that a handler is due on a host; false by default. */
  readonly remembers?: (host: string, handler: string) => boolean
}

/** The result of a run. */
export interface RunResult {
  readonly recap: readonly HostRecap[]
  readonly exit: number
  /** Whether anything would change, for `--exit-code`. */
  readonly wouldChange: boolean
}

/** Handlers that are due and not recorded for the next run. */
const forgottenOf = (
  due: Readonly<Record<string, readonly string[]>>,
  remembers: NonNullable<RunOptions['remembers']>,
): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(due).flatMap(([host, handlers]) => {
      const own = handlers.filter((handler) => !remembers(host, handler))
      return own.length === 0 ? [] : [[host, own]]
    }),
  )

const exitOf = (
  recap: readonly HostRecap[],
  stopped: unknown,
  { interrupted, forgot, onlyFindings }: Readonly<Record<'interrupted' | 'forgot' | 'onlyFindings', boolean>>,
): number => {
  if (interrupted) return exitCodes.interrupted
  const any = (outcome: Outcome): boolean => recap.some(({ counts }) => counts[outcome] > 0)
  if (any('failed') && !onlyFindings) return exitCodes.failed
  if (any('unreachable')) return exitCodes.unreachable
  if (stopped !== undefined) return exitCodeOf(stopped)
  // a handler that will never run is a failure, which findings must not hide
  if (forgot) return exitCodes.failed
  return onlyFindings ? exitCodes.differs : exitCodes.ok
}

/** The handlers that are due from earlier runs and still in the plan, including those of plays that do not start. */
const inheritedOf = ({ plays }: Plan, due: NonNullable<RunOptions['due']>): InheritedHandler[] =>
  plays.flatMap(({ candidates }, play) =>
    [...candidates].flatMap(([host, planned]) =>
      due(play, host)
        .filter((word) => canHaveHandler(planned, word))
        .map((handler) => ({ host, play, handler })),
    ),
  )

/**
 * Runs a plan: plays in order, the hosts of a play in parallel, the tasks of a host in order.
 *
 * A play in which too many hosts failed or were unreachable ends the run, because later plays rely on it. By default,
 * one failure is too many. It does not throw for errors on hosts; they are in the events and in the result.
 */
export const runPlan = async (plan: Plan, fleet: Fleet, options: RunOptions): Promise<RunResult> => {
  const { checkMode, forks, signal, confirm, due = () => [], remembers = () => false } = options
  const stopping = options.stopping ?? new AbortController().signal
  // every running command listens to it
  for (const one of [signal, stopping]) setMaxListeners(Infinity, one)
  const scope = new RunScope(fleet, options)
  const plays = plan.plays.map(({ name }) => name)
  const tally = new Tally(plan.hosts, plays, inheritedOf(plan, due))
  const began = performance.now()
  let ids = 0
  const emit: Emit = (event) => {
    tally.see(event)
    options.emit(maskEvent(event, scope.redactor))
  }
  // a task can use any host, not only planned ones
  for (const { secrets } of fleet.hosts.values()) scope.redactor.learn(secrets)
  // also those of later plays and other hosts: output of one host can contain a secret of another
  for (const { candidates } of plan.plays)
    for (const { steps, handlers } of candidates.values())
      for (const { task } of [...tasksOf(steps, 'all'), ...handlers]) scope.redactor.learn(task.params)
  emit({
    type: 'run-start',
    time: now(),
    playbook: plan.playbook,
    check: checkMode,
    hosts: plan.hosts,
    plays,
    invocation: options.invocation,
  })
  const lost = new Set<string>()
  const over = (): boolean => signal.aborted || stopping.aborted
  let stopped: unknown
  let cutOff = false
  let next = 0
  try {
    for (const [index, play] of plan.plays.entries()) {
      if (over()) break
      next = index + 1
      if (play.leftOut) continue
      const dueOn = (host: string): readonly string[] => due(index, host)
      const { failed, goOn, cut } = await runPlay(play, {
        scope,
        index,
        checkMode,
        forks,
        signal,
        stopping,
        emit,
        nextId: () => (ids += 1),
        confirm,
        lost,
        onMade: options.onMade ?? (() => {}),
        due: dueOn,
      })
      for (const host of failed) lost.add(host)
      cutOff ||= cut
      if (!goOn) break
    }
  } catch (error) {
    stopped = error
  }
  const notRun = plan.plays.slice(next).flatMap(({ name, leftOut }) => (leftOut ? [] : [name]))
  // a signal after the last task has not interrupted anything
  const interrupted = signal.aborted || (stopping.aborted && (cutOff || tally.stopped || notRun.length > 0))
  if (interrupted) stopped = new CoxswainError('interrupted', 'the run was interrupted')
  await scope.close()
  const recap = tally.recap()
  const left = tally.due()
  const forgotten = forgottenOf(left, remembers)
  emit({
    type: 'run-end',
    time: now(),
    recap,
    stopped: stopped === undefined ? undefined : reportError(stopped, scope.redactor),
    notRun,
    due: left,
    forgotten,
    seconds: (performance.now() - began) / 1000,
  })
  return {
    recap,
    exit: exitOf(recap, stopped, {
      interrupted,
      forgot: Object.keys(forgotten).length > 0,
      onlyFindings: tally.onlyFindings,
    }),
    wouldChange: recap.some(({ counts }) => counts['would change'] > 0 || counts.unknown > 0),
  }
}
