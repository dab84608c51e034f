/** The events of a run. Reporters are functions of these; secrets in their text are already masked. */
import type { CardGroup } from '../dsl/cards.ts'
import type { Outcome } from '../dsl/outcome.ts'
import type { ErrorCode } from '../error-codes.ts'
import type { Place } from '../errors.ts'

export { noOutcomes } from '../dsl/outcome.ts'
export type { Outcome } from '../dsl/outcome.ts'

/** The role of a task in its play: a task, part of a block's `rescue` or `always`, or a handler. */
export type Role = 'task' | 'rescue' | 'always' | 'handler'

/** A {@link Change} for reporters: plain text with secrets masked. */
export interface ReportedChange {
  readonly what: string
  readonly from: string | undefined
  readonly to: string | undefined
}

/** An error for reporters. */
export interface ReportedError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  readonly host: string | undefined
  readonly task: string | undefined
  readonly place: Place | undefined
  /** The last lines of the failed command's output. */
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
  /**
   * Position in the host's flat list of tasks, from 0; handlers are numbered after the tasks. Tasks that a step made from values lie between
   * that step and the next task, and are not integers.
   */
  readonly position: number
  readonly name: string
  readonly title: string
  readonly role: Role
  /** The name by which a handler is notified; undefined for other tasks. */
  readonly handler: string | undefined
  /** The host that it runs on, if it is delegated to another host. */
  readonly on: string | undefined
}

/** The outcomes of a host in the run. */
export interface HostRecap {
  readonly host: string
  readonly counts: Readonly<Record<Outcome, number>>
}

/** Unix time in milliseconds, of every event; it never goes back within a run. */
interface Timed {
  readonly time: number
}

/** How a run was started. */
export interface Invocation {
  /** The version of Coxswain. */
  readonly version: string
  /** The inventories, as given. */
  readonly inventory: readonly string[]
  /** The command line, without values after `=`, which can be secrets. */
  readonly command: readonly string[]
}

export interface RunStart extends Timed {
  readonly type: 'run-start'
  /** Undefined for a run that the command line did not start. */
  readonly invocation: Invocation | undefined
  readonly playbook: string
  readonly check: boolean
  /** Every host that the run can connect to. */
  readonly hosts: readonly string[]
  /** The plays by name, in order. */
  readonly plays: readonly string[]
}

export interface PlayStart extends Timed {
  readonly type: 'play-start'
  readonly play: number
  readonly name: string
  readonly hosts: readonly string[]
  /** Number of tasks of each host, without those of a `rescue` and handlers. */
  readonly tasks: Readonly<Record<string, number>>
  /** Why the play has no hosts. */
  readonly note: string | undefined
}

/** A step with values has made tasks on a host: there are more than the play had when it began. */
export interface TasksAdded extends Timed {
  readonly type: 'tasks-added'
  readonly play: number
  readonly host: string
  /** Their number, without those of a `rescue`. */
  readonly tasks: number
}

export interface TaskStart extends Timed {
  readonly type: 'task-start'
  readonly task: TaskRef
}

/** Live output of a running command, or a message of a task; complete lines without the newline. */
export interface TaskOutput extends Timed {
  readonly type: 'task-output'
  readonly task: TaskRef
  readonly stream: 'stdout' | 'stderr' | 'log'
  readonly line: string
  /** What was omitted here because of its size; the line says so in words. */
  readonly dropped?: { readonly lines: number; readonly bytes: number } | undefined
}

/** Why a task still waits; or that it applies, reconnects or is retried. */
export interface TaskProgress extends Timed {
  readonly type: 'task-progress'
  readonly task: TaskRef
  readonly what: 'waiting' | 'applying' | 'reconnecting' | 'retrying'
  readonly why: string | undefined
}

/** The progress of a transfer to the host, at most once a second. */
export interface TaskTransfer extends Timed {
  readonly type: 'task-transfer'
  readonly task: TaskRef
  /** The file or folder on the host. */
  readonly path: string
  /** Bytes sent so far, including those of an earlier attempt that is resumed. */
  readonly bytes: number
  readonly size: number
}

export interface TaskEnd extends Timed {
  readonly type: 'task-end'
  readonly task: TaskRef
  readonly outcome: Outcome
  readonly changes: readonly ReportedChange[]
  /** Why it was skipped, or why the outcome is unknown. */
  readonly why: string | undefined
  readonly error: ReportedError | undefined
  /** The value of a fact, if its output is a text for people. Reports leave it out if its JSON is longer than 1 MiB. */
  readonly value?: unknown
  /** How the value is drawn on the page of the run. */
  readonly cards?: readonly CardGroup[] | undefined
  readonly seconds: number
}

/**
 * A task is about to change its host, and notifies these handlers, even if it then fails. They are due until each of
 * them has run successfully, or until the task ends `ok`, which means that nothing was changed.
 */
export interface HandlersDue extends Timed {
  readonly type: 'handlers-due'
  readonly task: TaskRef
  readonly handlers: readonly string[]
}

/** The result of a host in a play; `stopped` if the run or the play ended before the host did. */
export type Standing = 'well' | 'failed' | 'unreachable' | 'stopped'

/** A host has ended a play. */
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
  /** Why other hosts did not complete it because of these failures. */
  readonly note: string | undefined
}

export interface RunEnd extends Timed {
  readonly type: 'run-end'
  readonly recap: readonly HostRecap[]
  /** Why the run stopped early: an interrupt, or an error outside any task. */
  readonly stopped: ReportedError | undefined
  /** Plays that did not start because an earlier play failed. */
  readonly notRun: readonly string[]
  /** Handlers by host that were notified and did not run. */
  readonly due: Readonly<Record<string, readonly string[]>>
  /** Those of them that are not remembered: the next run will not run them. */
  readonly forgotten: Readonly<Record<string, readonly string[]>>
  readonly seconds: number
}

export type RunEvent =
  | RunStart
  | PlayStart
  | TasksAdded
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
