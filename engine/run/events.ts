/** Everything that happens in a run. Reporters are functions of these; all text in them is masked already. */
import type { Outcome } from '../dsl/outcome.ts'
import type { ErrorCode } from '../error-codes.ts'
import type { Place } from '../errors.ts'

export { noOutcomes } from '../dsl/outcome.ts'
export type { Outcome } from '../dsl/outcome.ts'

/** As what a task stands in its play: by itself, in a block's `rescue` or `always`, or as a handler. */
export type Role = 'task' | 'rescue' | 'always' | 'handler'

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
  /** Position in the host's list of tasks, from 0, blocks unfolded; handlers count on after the tasks. */
  readonly position: number
  readonly name: string
  readonly title: string
  readonly role: Role
  /** The name by which a handler is notified; undefined for what is none. */
  readonly handler: string | undefined
  /** The host that it is done on, where that is another than the one that it is done for. */
  readonly on: string | undefined
}

/** How a host fared in the whole run. */
export interface HostRecap {
  readonly host: string
  readonly counts: Readonly<Record<Outcome, number>>
}

/** Unix time in milliseconds, of every event; it never goes back within a run. */
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
  /** Tasks in each host's list, as far as all goes well: those of a `rescue`, and handlers, are not counted. */
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
  /** What was left out here because it was too much to keep; the line says so in words. */
  readonly dropped?: { readonly lines: number; readonly bytes: number } | undefined
}

/** A task that waits tells why it still does; or that the connection was lost and is being made again, or it is tried again. */
export interface TaskProgress extends Timed {
  readonly type: 'task-progress'
  readonly task: TaskRef
  readonly what: 'waiting' | 'applying' | 'reconnecting' | 'retrying'
  readonly why: string | undefined
}

/** How far content is that a task streams to its host, told at most once a second. */
export interface TaskTransfer extends Timed {
  readonly type: 'task-transfer'
  readonly task: TaskRef
  /** The file or folder on the host. */
  readonly path: string
  /** Bytes that are through, those of an earlier attempt that it goes on from included. */
  readonly bytes: number
  readonly size: number
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

/**
 * A task is about to change its host, and will have notified these handlers, whatever becomes of it. They are due from here
 * on until each of them has run well, or the task ends `ok`: then there was nothing to change.
 */
export interface HandlersDue extends Timed {
  readonly type: 'handlers-due'
  readonly task: TaskRef
  readonly handlers: readonly string[]
}

/** How a host came out of a play; `stopped` when the run or the play ended before the host was through. */
export type Standing = 'well' | 'failed' | 'unreachable' | 'stopped'

/** A host is through with a play. */
export interface HostEnd extends Timed {
  readonly type: 'host-end'
  readonly play: number
  readonly host: string
  readonly standing: Standing
}

export interface PlayEnd extends Timed {
  readonly type: 'play-end'
  readonly play: number
  /** Hosts that failed or were unreachable in it. */
  readonly failed: readonly string[]
  /** Why others did not get through it, where failures kept them from it. */
  readonly note: string | undefined
}

export interface RunEnd extends Timed {
  readonly type: 'run-end'
  readonly recap: readonly HostRecap[]
  /** Why the run stopped early: an interrupt, or an error outside any task. */
  readonly stopped: ReportedError | undefined
  /** Plays that were not begun, because one before them failed. */
  readonly notRun: readonly string[]
  /** Handlers by host that were notified and have not run. */
  readonly due: Readonly<Record<string, readonly string[]>>
  /** Those of them that are not remembered: the next run will not run them. */
  readonly forgotten: Readonly<Record<string, readonly string[]>>
  readonly seconds: number
}

export type RunEvent =
  | RunStart
  | PlayStart
  | TaskStart
  | TaskOutput
  | TaskProgress
  | TaskTransfer
  | TaskEnd
  | HandlersDue
  | HostEnd
  | PlayEnd
  | RunEnd

export type Emit = (event: RunEvent) => void
