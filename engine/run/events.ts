/** Everything that happens in a run. Reporters are functions of these; all text in them is masked already. */
import type { ErrorCode, Place } from '../errors.ts'

export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'would change' | 'unknown'

/** A {@link Change} as reporters see it: plain text, secrets masked. */
export interface ReportedChange {
  readonly what: string
  readonly from: string | undefined
  readonly to: string | undefined
}

/** An error as reporters see it. */
export interface ReportedError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  readonly host: string | undefined
  readonly task: string | undefined
  readonly place: Place | undefined
  /** What the failed command printed, its last lines. */
  readonly output: string | undefined
  /** The chain of causes, outermost first; shown with --verbose. */
  readonly causes: readonly string[]
  readonly stack: string | undefined
}

/** One task on one host in one play. `id` is unique in a run. */
export interface TaskRef {
  readonly id: number
  readonly host: string
  readonly play: number
  /** Position in the host's list of tasks, from 0; handlers count on after the tasks. */
  readonly position: number
  readonly name: string
  readonly title: string
  readonly handler: boolean
}

/** How a host fared in the whole run. */
export interface HostRecap {
  readonly host: string
  readonly counts: Readonly<Record<Outcome, number>>
}

/** Unix time in milliseconds, of every event. */
interface Timed {
  readonly time: number
}

export interface RunStart extends Timed {
  readonly type: 'run-start'
  readonly playbook: string
  readonly check: boolean
  /** Every host that the run may touch. */
  readonly hosts: readonly string[]
  /** The plays by name, in order. */
  readonly plays: readonly string[]
}

export interface PlayStart extends Timed {
  readonly type: 'play-start'
  readonly play: number
  readonly name: string
  readonly hosts: readonly string[]
  /** Tasks in each host's list, handlers not counted. */
  readonly tasks: Readonly<Record<string, number>>
  /** Why the play has no host, where it has none. */
  readonly note: string | undefined
}

export interface TaskStart extends Timed {
  readonly type: 'task-start'
  readonly task: TaskRef
}

/** Live output of a running command, or what a task says; complete lines, without the newline. */
export interface TaskOutput extends Timed {
  readonly type: 'task-output'
  readonly task: TaskRef
  readonly stream: 'stdout' | 'stderr' | 'log'
  readonly line: string
}

/** A task that waits tells why it still does; or that the connection was lost and is being made again. */
export interface TaskProgress extends Timed {
  readonly type: 'task-progress'
  readonly task: TaskRef
  readonly what: 'waiting' | 'applying' | 'reconnecting'
  readonly why: string | undefined
}

export interface TaskEnd extends Timed {
  readonly type: 'task-end'
  readonly task: TaskRef
  readonly outcome: Outcome
  readonly changes: readonly ReportedChange[]
  /** Why it was skipped, or cannot be known. */
  readonly why: string | undefined
  readonly error: ReportedError | undefined
  readonly seconds: number
}

export interface PlayEnd extends Timed {
  readonly type: 'play-end'
  readonly play: number
  /** Hosts that failed or were unreachable in it. */
  readonly failed: readonly string[]
}

export interface RunEnd extends Timed {
  readonly type: 'run-end'
  readonly recap: readonly HostRecap[]
  /** Why the run stopped early: an interrupt, or an error outside any task. */
  readonly stopped: ReportedError | undefined
  /** Plays that were not begun, because one before them failed. */
  readonly notRun: readonly string[]
  readonly seconds: number
}

export type RunEvent =
  | RunStart
  | PlayStart
  | TaskStart
  | TaskOutput
  | TaskProgress
  | TaskEnd
  | PlayEnd
  | RunEnd

export type Emit = (event: RunEvent) => void
