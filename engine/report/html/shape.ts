/** The data of the page as it stands in it: what repeats (titles, texts, details) stands in tables, and is named by index. */

/** Host, title, start (ms after the run's), how long (ms), outcome, detail: all but the two times are indexes. -1: none. */
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

/** What there is to see of a task; texts by index. */
export interface DetailShape {
  readonly why?: number
  /** What changes, and the lines of a diff, where there is one. */
  readonly changes?: readonly (readonly [head: number, diff: number])[]
  readonly error?: ErrorShape
  /** Lines, each behind a mark for where it comes from: `|` standard output, `!` standard error, `>` the task itself. */
  readonly output?: number
}

export interface PlayShape {
  readonly name: string
  readonly note?: string
  /** Milliseconds after the run's start. */
  readonly start: number
  readonly end: number
  /** Indexes of hosts, and how each came out: `well`, `failed`, `unreachable`, `stopped`, or nothing if not known. */
  readonly hosts: readonly number[]
  readonly standings: readonly string[]
  readonly tasks: readonly TaskRow[]
}

export interface PageData {
  readonly playbook: string
  readonly check: boolean
  /** Unix milliseconds. */
  readonly start: number
  /** Milliseconds. */
  readonly took: number
  /** Whether the run came to its end, or the record of it was cut off. */
  readonly whole: boolean
  readonly hosts: readonly string[]
  readonly outcomes: readonly string[]
  readonly titles: readonly string[]
  readonly texts: readonly string[]
  readonly details: readonly DetailShape[]
  readonly plays: readonly PlayShape[]
  readonly stopped?: ErrorShape
  readonly notRun: readonly string[]
  /** Handlers that are due: what, on which hosts, and whether the next run runs it, in words. */
  readonly due: readonly (readonly [handler: string, hosts: string, next: string])[]
}
