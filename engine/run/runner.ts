import { setMaxListeners } from 'node:events'
import { exitCodes } from '../error-codes.ts'
import { CoxswainError, exitCodeOf } from '../errors.ts'
import { now } from './clock.ts'
import type { Fleet } from './fleet.ts'
import type { Emit, HostRecap, Outcome, TaskRef } from './events.ts'
import { maskEvent } from './masking/mask-event.ts'
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
  /** How many hosts are worked on at the same time. */
  readonly forks: number
  /** Aborting it stops the remote commands and ends the run with a recap. */
  readonly signal: AbortSignal
  /** Aborting it lets what is under way end, and begins nothing more but what must be done `always`. */
  readonly stopping?: AbortSignal
  readonly emit: Emit
  /** Asks a person whether to run a task; without it, all run. */
  readonly confirm?: (task: TaskRef) => Promise<boolean>
  /** Handlers that are due from earlier runs, by index of the play and host. */
  readonly due?: (play: number, host: string) => readonly string[]
  /** Whether the next run will know that a handler is due on a host; without it, it will not. */
  readonly remembers?: (host: string, handler: string) => boolean
}

/** How a run ended. */
export interface RunResult {
  readonly recap: readonly HostRecap[]
  readonly exit: number
  /** Whether anything would change, for `--exit-code`. */
  readonly wouldChange: boolean
}

/** Handlers that are due and that the next run will not know of. */
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
  { interrupted, forgot }: { readonly interrupted: boolean; readonly forgot: boolean },
): number => {
  if (interrupted) return exitCodes.interrupted
  const any = (outcome: Outcome): boolean => recap.some(({ counts }) => counts[outcome] > 0)
  if (any('failed')) return exitCodes.failed
  if (any('unreachable')) return exitCodes.unreachable
  if (stopped !== undefined) return exitCodeOf(stopped)
  // a handler that no run will ever run is not a success
  return forgot ? exitCodes.failed : exitCodes.ok
}

/** The handlers that are due from earlier runs and that the plan still has, also those of plays that are never begun. */
const inheritedOf = ({ plays }: Plan, due: NonNullable<RunOptions['due']>): InheritedHandler[] =>
  plays.flatMap(({ candidates }, play) =>
    [...candidates].flatMap(([host, { handlers }]) =>
      due(play, host)
        .filter((word) => handlers.some(({ handler }) => handler === word))
        .map((handler) => ({ host, play, handler })),
    ),
  )

/**
 * Runs a plan: play by play, in each the hosts side by side, on each host the tasks in order.
 *
 * A play in which too many hosts failed or could not be reached ends the run: what comes after it was written for hosts that
 * came through. Unless the play says how many may fail, one is too many. It does not throw for what happens on hosts; that
 * is in the events and in the result.
 */
export const runPlan = async (plan: Plan, fleet: Fleet, options: RunOptions): Promise<RunResult> => {
  const { checkMode, forks, signal, confirm, due = () => [], remembers = () => false } = options
  const stopping = options.stopping ?? new AbortController().signal
  // every command under way listens to it
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
  // a task may ask any of them, not only those that are planned
  for (const { secrets } of fleet.hosts.values()) scope.redactor.learn(secrets)
  // those of later plays and other hosts too: a file that one host prints may hold what another is given
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
  // one that came when all was done has cut nothing off
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
    exit: exitOf(recap, stopped, { interrupted, forgot: Object.keys(forgotten).length > 0 }),
    wouldChange: recap.some(({ counts }) => counts['would change'] > 0 || counts.unknown > 0),
  }
}
