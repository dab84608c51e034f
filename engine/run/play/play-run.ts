/** Runs a play: its batches one after another, until there are too many failures. */
import { CoxswainError } from '../../errors.ts'
import { now } from '../clock.ts'
import type { Emit, HostEnd, TaskRef } from '../events.ts'
import { batchesOf } from '../plan/batches.ts'
import { Failures } from './failures.ts'
import { runHost } from './host-runner.ts'
import { OncePer } from './once-per.ts'
import { freePace, linearPace } from './pace.ts'
import type { OnMade } from '../host-context.ts'
import type { HostPlan, PlannedPlay } from '../plan/plan.ts'
import { tasksOf } from '../plan/planned-steps.ts'
import { pool } from '../pool.ts'
import type { RunScope } from '../scope.ts'
import { Throttles } from './throttles.ts'
import { selectedHosts } from '../task/contexts.ts'

/** The run of a play. */
export interface PlayRun {
  readonly scope: RunScope
  readonly index: number
  readonly checkMode: boolean
  readonly forks: number
  readonly signal: AbortSignal
  readonly stopping: AbortSignal
  readonly emit: Emit
  readonly nextId: () => number
  readonly confirm: ((task: TaskRef) => Promise<boolean>) | undefined
  /** Hosts that failed in an earlier play, and are excluded. */
  readonly lost: ReadonlySet<string>
  readonly onMade: OnMade
  /** Handlers of this play that are due on a host from an earlier run. */
  readonly due: (host: string) => readonly string[]
}

/** The result of a play. */
export interface PlayResult {
  /** Hosts that failed or were unreachable. */
  readonly failed: readonly string[]
  /** Whether the next play can start. */
  readonly goOn: boolean
  /** Whether some of its hosts did not start because the run was stopped. */
  readonly cut: boolean
}

const hostsOf = async (
  play: PlannedPlay,
  { scope, signal, lost }: PlayRun,
): Promise<[string, HostPlan][]> => {
  const selected = play.absent ? [] : await selectedHosts(scope, play.hosts, signal)
  const [first] = selected
  // a play that only looks must not end well without having looked
  if (play.settings.readOnly && first !== undefined && !selected.some((host) => play.candidates.has(host)))
    throw new CoxswainError('no-hosts', `play "${play.name}" reads on ${first}, which --limit leaves out`, {
      hint: `add ${first} to --limit, or run without it`,
    })
  return selected.flatMap((host): [string, HostPlan][] => {
    const planned = play.candidates.get(host)
    return planned === undefined || lost.has(host) ? [] : [[host, planned]]
  })
}

const isFailure = (outcome: string): boolean => outcome === 'failed' || outcome === 'unreachable'

const runBatch = async (
  play: PlannedPlay,
  hosts: readonly (readonly [string, HostPlan])[],
  run: PlayRun & {
    readonly batch: number
    readonly once: OncePer
    readonly throttles: Throttles
    readonly failures: Failures
    readonly through: Set<string>
  },
): Promise<void> => {
  const { index, failures, through, forks, emit } = run
  failures.begin(hosts.length)
  const linear = play.strategy === 'linear'
  const names = hosts.map(([host]) => host)
  const heard: Emit = (event) => {
    // at once: the host may take a while to clean up, and the others must not continue meanwhile
    if (event.type === 'task-end' && isFailure(event.outcome)) failures.add(event.task.host)
    emit(event)
  }
  const pace = linear ? linearPace(names, forks) : freePace
  // with `linear`, all hosts of the batch are active: the pace limits how many work at a time
  await pool(hosts, linear ? Math.max(1, hosts.length) : forks, async ([host, plan]) => {
    const part = { ...run, host, play: index, pace, emit: heard, givenUp: () => failures.givenUp }
    const standing: HostEnd['standing'] = await runHost(part, plan, run.due(host))
    if (isFailure(standing)) failures.add(host)
    if (standing !== 'stopped') through.add(host)
    emit({ type: 'host-end', time: now(), play: index, host, standing })
  })
}

/** Runs one play. After a batch in which too many hosts failed or were unreachable, no other is started. */
export const runPlay = async (play: PlannedPlay, run: PlayRun): Promise<PlayResult> => {
  const { index, signal, stopping, emit } = run
  const hosts = await hostsOf(play, run)
  emit({
    type: 'play-start',
    time: now(),
    play: index,
    name: play.name,
    hosts: hosts.map(([host]) => host),
    tasks: Object.fromEntries(
      hosts.map(([host, { steps }]) => [host, tasksOf(steps, 'success-path').length]),
    ),
    note: hosts.length === 0 ? 'no host is left for this play' : undefined,
  })
  const failures = new Failures(play)
  const once = new OncePer()
  const throttles = new Throttles()
  /** Hosts that ended the play, with or without a failure. */
  const through = new Set<string>()
  let cut = false
  for (const [batch, members] of batchesOf(hosts, play.portions).entries()) {
    if (!failures.goOn) break
    cut = signal.aborted || stopping.aborted
    if (cut) break
    await runBatch(play, members, { ...run, batch, once, throttles, failures, through })
  }
  const left = cut ? [] : hosts.map(([host]) => host).filter((host) => !through.has(host))
  emit({
    type: 'play-end',
    time: now(),
    play: index,
    failed: failures.hosts,
    note: failures.goOn ? undefined : failures.note(left),
  })
  return { failed: failures.hosts, goOn: failures.goOn, cut }
}
