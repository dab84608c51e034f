/** What the tree knows of a run: the play at work, its hosts, what each of them does and what of it is worth telling. */
import { noOutcomes } from '../run/events.ts'
import type {
  Outcome,
  PlayStart,
  ReportedChange,
  ReportedError,
  Role,
  TaskEnd,
  TaskOutput,
  TaskProgress,
  TaskStart,
} from '../run/events.ts'

/** A task that runs, with the last lines that it printed. */
export interface RunningTask {
  readonly id: number
  readonly title: string
  readonly role: Role
  readonly on: string | undefined
  /** Unix milliseconds. */
  readonly since: number
  /** What it waits for, or that its connection is made again. */
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
  /** Tasks in its list, handlers not counted. */
  readonly total: number
  readonly ended: number
  readonly counts: Readonly<Record<Outcome, number>>
  readonly current: RunningTask | undefined
  readonly told: readonly ToldTask[]
  /** When its first task began and its last one ended, Unix milliseconds. */
  readonly since: number | undefined
  readonly until: number | undefined
}

export interface TreePlay {
  readonly index: number
  readonly name: string
  readonly note: string | undefined
  readonly since: number
  readonly hosts: readonly TreeHost[]
}

export type HostState = 'waiting' | 'running' | 'done' | 'failed'

/** Lines shown live, and lines kept of a single task: a bound for memory, not for people. */
const liveLines = 3
const keptLines = 5000

/** Where a host stands in its play. */
export const stateOf = ({ counts, since, current, ended, total }: TreeHost): HostState => {
  if (counts.failed + counts.unreachable > 0) return 'failed'
  if (current !== undefined) return 'running'
  if (ended >= total) return 'done'
  return since === undefined ? 'waiting' : 'running'
}

/** Hosts as a play begins. */
export const hostsAtStart = ({ hosts, tasks }: PlayStart): TreeHost[] =>
  hosts.map((name) => ({
    name,
    total: tasks[name] ?? 0,
    ended: 0,
    counts: noOutcomes(),
    current: undefined,
    told: [],
    since: undefined,
    until: undefined,
  }))

export const afterStart = (host: TreeHost, { task, time }: TaskStart): TreeHost => ({
  ...host,
  since: host.since ?? time,
  current: {
    id: task.id,
    title: task.title,
    role: task.role,
    on: task.on,
    since: time,
    progress: undefined,
    output: [],
    kept: [],
  },
})

export const afterProgress = (host: TreeHost, { task, what, why }: TaskProgress): TreeHost => {
  if (host.current?.id !== task.id) return host
  // that it is applied is what everybody expects: the spinner says it
  const progress = what === 'applying' ? undefined : [what, why ?? []].flat().join(': ')
  return { ...host, current: { ...host.current, progress } }
}

/** `keep`: whether its output is asked for; what a task itself says is always kept. */
export const afterOutput = (host: TreeHost, { task, stream, line }: TaskOutput, keep: boolean): TreeHost => {
  const { current } = host
  if (current?.id !== task.id) return host
  const output = [...current.output, line].slice(-liveLines)
  const kept = keep || stream === 'log' ? [...current.kept, line].slice(-keptLines) : current.kept
  return { ...host, current: { ...current, output, kept } }
}

export const afterEnd = (host: TreeHost, event: TaskEnd): TreeHost => {
  const { task, outcome, changes, why, error, seconds, time } = event
  const kept = host.current?.id === task.id ? host.current.kept : []
  const quiet = (outcome === 'ok' || outcome === 'skipped') && kept.length === 0
  const told: ToldTask = {
    title: task.title,
    role: task.role,
    on: task.on,
    outcome,
    changes,
    why,
    error,
    seconds,
    kept,
  }
  return {
    ...host,
    ended: host.ended + (task.role === 'handler' || task.role === 'rescue' ? 0 : 1),
    counts: { ...host.counts, [outcome]: host.counts[outcome] + 1 },
    current: undefined,
    told: quiet ? host.told : [...host.told, told],
    until: time,
  }
}
