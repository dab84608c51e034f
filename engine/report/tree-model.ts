/** The state of the tree: the current play, its hosts, their running tasks and the ended tasks to show. */
import { noOutcomes } from '../run/events.ts'
import type {
  HostEnd,
  Outcome,
  PlayStart,
  ReportedChange,
  ReportedError,
  Role,
  Standing,
  TaskEnd,
  TaskOutput,
  TaskProgress,
  TaskStart,
  TaskTransfer,
} from '../run/events.ts'
import { transferBar } from './transfer-text.ts'

/** A task that runs, with the last lines that it printed. */
export interface RunningTask {
  readonly id: number
  readonly title: string
  readonly role: Role
  readonly on: string | undefined
  /** Unix milliseconds. */
  readonly since: number
  /** What it waits for, that it reconnects, or the progress of its transfer. */
  readonly progress: string | undefined
  readonly output: readonly string[]
  /** The lines to show when it has ended. */
  readonly kept: readonly string[]
}

/** An ended task that gets a row: it changed something, failed, or printed something. */
export interface ShownTask {
  readonly title: string
  readonly role: Role
  readonly on: string | undefined
  readonly outcome: Outcome
  readonly changes: readonly ReportedChange[]
  readonly why: string | undefined
  readonly error: ReportedError | undefined
  readonly seconds: number
  readonly kept: readonly string[]
}

export interface TreeHost {
  readonly name: string
  /** Number of its tasks, without handlers and tasks of a rescue; the same in `ended`. */
  readonly total: number
  readonly ended: number
  readonly counts: Readonly<Record<Outcome, number>>
  /** Running tasks in the order of their start: several if tasks run in parallel. */
  readonly running: readonly RunningTask[]
  readonly shown: readonly ShownTask[]
  /** When its first task began and its last one ended, Unix milliseconds. */
  readonly since: number | undefined
  readonly until: number | undefined
  /** Its result, once it has ended the play. */
  readonly standing: Standing | undefined
}

export interface TreePlay {
  readonly index: number
  readonly name: string
  readonly note: string | undefined
  readonly since: number
  readonly hosts: readonly TreeHost[]
}

export type HostState = 'waiting' | 'running' | 'done' | 'failed' | 'stopped'

const stateAfter: Readonly<Record<Standing, HostState>> = {
  well: 'done',
  failed: 'failed',
  unreachable: 'failed',
  stopped: 'stopped',
}

/** Lines shown live, and maximum lines kept of a task, to limit memory. */
const liveLines = 3
const keptLines = 5000

/** The state of a host in its play. */
export const stateOf = ({ counts, since, standing }: TreeHost): HostState => {
  if (standing !== undefined) return stateAfter[standing]
  // a failure is shown at once, even if the `always` of a block, or a parallel task, still runs
  if (counts.failed + counts.unreachable > 0) return 'failed'
  return since === undefined ? 'waiting' : 'running'
}

/** The hosts at the start of a play. */
export const hostsAtStart = ({ hosts, tasks }: PlayStart): TreeHost[] =>
  hosts.map((name) => ({
    name,
    total: tasks[name] ?? 0,
    ended: 0,
    counts: noOutcomes(),
    running: [],
    shown: [],
    since: undefined,
    until: undefined,
    standing: undefined,
  }))

export const afterStart = (host: TreeHost, { task, time }: TaskStart): TreeHost => {
  const { id, title, role, on } = task
  const begun: RunningTask = { id, title, role, on, since: time, progress: undefined, output: [], kept: [] }
  return { ...host, since: host.since ?? time, running: [...host.running, begun] }
}

/** Updates one of the running tasks of a host. */
const withTask = (host: TreeHost, id: number, change: (task: RunningTask) => RunningTask): TreeHost => ({
  ...host,
  running: host.running.map((task) => (task.id === id ? change(task) : task)),
})

export const afterProgress = (host: TreeHost, { task, what, why }: TaskProgress): TreeHost => {
  // applying is the usual case: the spinner shows it
  const progress = what === 'applying' ? undefined : [what, why ?? []].flat().join(': ')
  return withTask(host, task.id, (running) => ({ ...running, progress }))
}

export const afterTransfer = (host: TreeHost, event: TaskTransfer): TreeHost =>
  withTask(host, event.task.id, (running) => ({ ...running, progress: transferBar(event) }))

/** Adds a line of output. With `keep`, all output is shown at the end; messages of the task itself always are. */
export const afterOutput = (host: TreeHost, { task, stream, line }: TaskOutput, keep: boolean): TreeHost =>
  withTask(host, task.id, (running) => ({
    ...running,
    output: [...running.output, line].slice(-liveLines),
    kept: keep || stream === 'log' ? [...running.kept, line].slice(-keptLines) : running.kept,
  }))

/** Roles that a host's total excludes: whether they run is not known in advance. */
const uncounted = new Set<Role>(['handler', 'rescue'])

export const afterEnd = (host: TreeHost, event: TaskEnd): TreeHost => {
  const { task, outcome, changes, why, error, seconds, time } = event
  const { title, role, on } = task
  const kept = host.running.find(({ id }) => id === task.id)?.kept ?? []
  const quiet = (outcome === 'ok' || outcome === 'skipped') && kept.length === 0
  const shown: ShownTask = { title, role, on, outcome, changes, why, error, seconds, kept }
  return {
    ...host,
    ended: host.ended + (uncounted.has(role) ? 0 : 1),
    counts: { ...host.counts, [outcome]: host.counts[outcome] + 1 },
    running: host.running.filter(({ id }) => id !== task.id),
    shown: quiet ? host.shown : [...host.shown, shown],
    until: time,
  }
}

export const afterHostEnd = (host: TreeHost, { standing }: HostEnd): TreeHost => ({ ...host, standing })
