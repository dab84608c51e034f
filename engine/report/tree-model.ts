/** What the tree knows of a run: the play at work, its hosts, what each of them does and what of it is worth telling. */
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
  /** What it waits for, that its connection is made again, or how far its transfer is. */
  readonly progress: string | undefined
  readonly output: readonly string[]
  /** The lines to keep when it has ended. */
  readonly kept: readonly string[]
}

/** A task that has ended and is worth a row: it changed something, failed, or has something to say. */
export interface ToldTask {
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
  /** Tasks in its list; handlers and the tasks of a rescue are not counted, here or in `ended`. */
  readonly total: number
  readonly ended: number
  readonly counts: Readonly<Record<Outcome, number>>
  /** What it is at, in the order in which it was begun: several tasks where some run side by side. */
  readonly running: readonly RunningTask[]
  readonly told: readonly ToldTask[]
  /** When its first task began and its last one ended, Unix milliseconds. */
  readonly since: number | undefined
  readonly until: number | undefined
  /** How it came out of the play, once it is through. */
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

/** Lines shown live, and lines kept of a single task: a bound for memory, not for people. */
const liveLines = 3
const keptLines = 5000

/** Where a host stands in its play. */
export const stateOf = ({ counts, since, standing }: TreeHost): HostState => {
  if (standing !== undefined) return stateAfter[standing]
  // a failure is shown when it happens, though the `always` of a block, or what runs beside it, may still be at work
  if (counts.failed + counts.unreachable > 0) return 'failed'
  return since === undefined ? 'waiting' : 'running'
}

/** Hosts as a play begins. */
export const hostsAtStart = ({ hosts, tasks }: PlayStart): TreeHost[] =>
  hosts.map((name) => ({
    name,
    total: tasks[name] ?? 0,
    ended: 0,
    counts: noOutcomes(),
    running: [],
    told: [],
    since: undefined,
    until: undefined,
    standing: undefined,
  }))

export const afterStart = (host: TreeHost, { task, time }: TaskStart): TreeHost => {
  const { id, title, role, on } = task
  const begun: RunningTask = { id, title, role, on, since: time, progress: undefined, output: [], kept: [] }
  return { ...host, since: host.since ?? time, running: [...host.running, begun] }
}

/** The host with one of its running tasks changed. */
const withTask = (host: TreeHost, id: number, change: (task: RunningTask) => RunningTask): TreeHost => ({
  ...host,
  running: host.running.map((task) => (task.id === id ? change(task) : task)),
})

export const afterProgress = (host: TreeHost, { task, what, why }: TaskProgress): TreeHost => {
  // that it is applied is what everybody expects: the spinner says it
  const progress = what === 'applying' ? undefined : [what, why ?? []].flat().join(': ')
  return withTask(host, task.id, (running) => ({ ...running, progress }))
}

export const afterTransfer = (host: TreeHost, event: TaskTransfer): TreeHost =>
  withTask(host, event.task.id, (running) => ({ ...running, progress: transferBar(event) }))

/** `keep`: whether its output is asked for; what a task itself says is always kept. */
export const afterOutput = (host: TreeHost, { task, stream, line }: TaskOutput, keep: boolean): TreeHost =>
  withTask(host, task.id, (running) => ({
    ...running,
    output: [...running.output, line].slice(-liveLines),
    kept: keep || stream === 'log' ? [...running.kept, line].slice(-keptLines) : running.kept,
  }))

/** Roles that a host's total leaves out: nobody knows beforehand whether they come. */
const uncounted = new Set<Role>(['handler', 'rescue'])

export const afterEnd = (host: TreeHost, event: TaskEnd): TreeHost => {
  const { task, outcome, changes, why, error, seconds, time } = event
  const { title, role, on } = task
  const kept = host.running.find(({ id }) => id === task.id)?.kept ?? []
  const quiet = (outcome === 'ok' || outcome === 'skipped') && kept.length === 0
  const told: ToldTask = { title, role, on, outcome, changes, why, error, seconds, kept }
  return {
    ...host,
    ended: host.ended + (uncounted.has(role) ? 0 : 1),
    counts: { ...host.counts, [outcome]: host.counts[outcome] + 1 },
    running: host.running.filter(({ id }) => id !== task.id),
    told: quiet ? host.told : [...host.told, told],
    until: time,
  }
}

export const afterHostEnd = (host: TreeHost, { standing }: HostEnd): TreeHost => ({ ...host, standing })
