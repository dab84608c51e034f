import type { CardGroup } from '../../dsl/cards.ts'

/** The data of the page. Repeated values (titles, texts, details) are in tables and referred to by index. */

/**
 * Host, title, start (ms after the run's start), duration (ms), outcome, detail: all but the times are indexes. -1:
 * none.
 */
export type TaskRow = readonly [
  host: number,
  title: number,
  start: number,
  took: number,
  outcome: number,
  detail: number,
]

/** An error; texts by index. */
export interface ErrorShape {
  readonly code: string
  readonly message: number
  readonly hint: number
  readonly place?: number
  readonly output?: number
  readonly causes?: readonly number[]
}

/** The details of a task; texts by index. */
export interface DetailShape {
  readonly why?: number
  /** The changes, each with the lines of its diff, if it has one. */
  readonly changes?: readonly (readonly [head: number, diff: number])[]
  readonly error?: ErrorShape
  /** Lines, each after a mark for its source: `|` standard output, `!` standard error, `>` the task itself. */
  readonly output?: number
}

export interface PlayShape {
  readonly name: string
  readonly note?: string
  /** Milliseconds after the run's start. */
  readonly start: number
  readonly end: number
  /** Indexes of hosts, and the result of each: `well`, `failed`, `unreachable`, `stopped`, or empty if unknown. */
  readonly hosts: readonly number[]
  readonly standings: readonly string[]
  readonly tasks: readonly TaskRow[]
}

export interface PageData {
  readonly playbook: string
  /** How the run was started, as label and text. */
  readonly started: readonly (readonly [label: string, text: string])[]
  readonly check: boolean
  /** Unix milliseconds. */
  readonly start: number
  /** Milliseconds. */
  readonly took: number
  /** Whether the run ended; false if the run or its record was interrupted. */
  readonly complete: boolean
  readonly hosts: readonly string[]
  readonly outcomes: readonly string[]
  readonly titles: readonly string[]
  readonly texts: readonly string[]
  readonly details: readonly DetailShape[]
  readonly plays: readonly PlayShape[]
  readonly stopped?: ErrorShape
  readonly notRun: readonly string[]
  /** Handlers that are due: name, hosts, and whether the next run runs it, as text. */
  readonly due: readonly (readonly [handler: string, hosts: string, next: string])[]
  /** What tasks draw, in the order of the tasks. */
  readonly drawn: readonly CardGroup[]
}
