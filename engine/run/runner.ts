import { setMaxListeners } from 'node:events'
import { CoxswainError, exitCodeOf, exitCodes } from '../errors.ts'
import type { Fleet } from './fleet.ts'
import { noOutcomes } from './events.ts'
import type { Emit, HostRecap, Outcome, RunEvent } from './events.ts'
import { runHost } from './host-run.ts'
import type { HostTasks, Plan, PlannedPlay } from './plan.ts'
import { pool } from './pool.ts'
import { reportError } from './report-error.ts'
import { RunScope } from './scope.ts'
import { resolveSelector } from './selection.ts'

export interface RunOptions {
  readonly checkMode: boolean
  /** How many hosts are worked on at the same time. */
  readonly forks: number
  /** Aborting it stops the remote commands and ends the run with a recap. */
  readonly signal: AbortSignal
  readonly emit: Emit
}

/** How a run ended. */
export interface RunResult {
  readonly recap: readonly HostRecap[]
  readonly exit: number
  /** Whether anything would change, for `--exit-code`. */
  readonly wouldChange: boolean
}

/** Counts outcomes by host from the events that pass. */
const tally = (hosts: readonly string[]) => {
  const counts = new Map(hosts.map((host) => [host, noOutcomes()]))
  return {
    see: (event: RunEvent): void => {
      if (event.type !== 'task-end') return
      const host = counts.get(event.task.host)
      if (host !== undefined) host[event.outcome] += 1
    },
    recap: (): HostRecap[] => [...counts].map(([host, of]) => ({ host, counts: { ...of } })),
  }
}

const batches = (hosts: readonly string[], size: number): (readonly string[])[] =>
  hosts.length <= size ? [hosts] : [hosts.slice(0, size), ...batches(hosts.slice(size), size)]

/** Runs one play. Gives the hosts that failed or could not be reached; after a batch with one, no other is begun. */
const runPlay = async (
  play: PlannedPlay,
  index: number,
  scope: RunScope,
  options: RunOptions,
  nextId: () => number,
): Promise<readonly string[]> => {
  const { emit, signal } = options
  const selected = play.absent ? [] : await resolveSelector(scope, play.hosts, signal)
  const hosts = selected.flatMap((host): [string, HostTasks][] => {
    const planned = play.candidates.get(host)
    return planned === undefined ? [] : [[host, planned]]
  })
  const planned = new Map(hosts)
  emit({
    type: 'play-start',
    time: Date.now(),
    play: index,
    name: play.name,
    hosts: [...planned.keys()],
    tasks: Object.fromEntries(hosts.map(([host, { tasks }]) => [host, tasks.length])),
    note: hosts.length === 0 ? 'no host is left for this play' : undefined,
  })
  const failed: string[] = []
  for (const batch of batches([...planned.keys()], play.serial)) {
    if (failed.length > 0 || signal.aborted) break
    await pool(batch, options.forks, async (host) => {
      const tasks = planned.get(host)
      if (tasks === undefined || signal.aborted) return
      const become = play.become ?? scope.host(host).become
      const { checkMode } = options
      const well = await runHost({ scope, host, play: index, become, checkMode, signal, emit, nextId }, tasks)
      if (!well) failed.push(host)
    })
  }
  emit({ type: 'play-end', time: Date.now(), play: index, failed })
  return failed
}

const exitOf = (recap: readonly HostRecap[], stopped: unknown, interrupted: boolean): number => {
  if (interrupted) return exitCodes.interrupted
  const any = (outcome: Outcome): boolean => recap.some(({ counts }) => counts[outcome] > 0)
  if (any('failed')) return exitCodes.failed
  if (any('unreachable')) return exitCodes.unreachable
  return stopped === undefined ? exitCodes.ok : exitCodeOf(stopped)
}

/**
 * Runs a plan: play by play, in each the hosts side by side, on each host the tasks in order.
 *
 * A play with a host that failed or could not be reached ends the run: what comes after it was written for hosts that
 * came through. It does not throw for what happens on hosts; that is in the events and in the result.
 */
export const runPlan = async (plan: Plan, fleet: Fleet, options: RunOptions): Promise<RunResult> => {
  // every command under way listens to it
  setMaxListeners(Infinity, options.signal)
  const scope = new RunScope(fleet)
  const counter = tally(plan.hosts)
  const began = performance.now()
  let ids = 0
  const emit: Emit = (event) => {
    counter.see(event)
    options.emit(event)
  }
  // a task may ask any of them, not only those that are planned
  for (const { secrets } of fleet.hosts.values()) scope.redactor.learn(secrets)
  emit({
    type: 'run-start',
    time: Date.now(),
    playbook: plan.playbook,
    check: options.checkMode,
    hosts: plan.hosts,
    plays: plan.plays.map(({ name }) => name),
  })
  let stopped: unknown
  let next = 0
  try {
    for (const [index, play] of plan.plays.entries()) {
      if (options.signal.aborted) break
      next = index + 1
      const failed = await runPlay(play, index, scope, { ...options, emit }, () => (ids += 1))
      if (failed.length > 0) break
    }
  } catch (error) {
    stopped = error
  }
  const interrupted = options.signal.aborted
  if (interrupted) stopped = new CoxswainError('interrupted', 'the run was interrupted')
  await scope.close()
  const recap = counter.recap()
  emit({
    type: 'run-end',
    time: Date.now(),
    recap,
    stopped: stopped === undefined ? undefined : reportError(stopped, scope.redactor),
    notRun: plan.plays.slice(next).map(({ name }) => name),
    due: {},
    seconds: (performance.now() - began) / 1000,
  })
  return {
    recap,
    exit: exitOf(recap, stopped, interrupted),
    wouldChange: recap.some(({ counts }) => counts['would change'] > 0 || counts.unknown > 0),
  }
}
