import type { ExitCode } from './exit-codes.ts'

/** Who can fix it: the user (command line, inventory, playbook, secrets), the hosts and the network around, or Coxswain. */
export type Fault = 'user' | 'environment' | 'coxswain'

/** A row of the table: the properties of a code. */
export interface ErrorRow {
  /** What happened, in a sentence. */
  readonly what: string
  /** The exit status of a run that ends with it. */
  readonly exit: ExitCode
  /** What to do, if the error itself has no hint. */
  readonly hint: string
  /** Whose fault it is; `coxswain` is a bug. */
  readonly fault: Fault
  /** Whether a task with `retry` is tried again after it. False if that cannot help or does harm. */
  readonly retryable: boolean
  /** If a check that selects a host fails with it, the host has answered: it is not selected. */
  readonly answers?: true
  /** The check of a waiting task can fail with it: the awaited service does not answer yet. */
  readonly passes?: true
  /** Under `--check`, it can be the result of a change that an earlier task would make. */
  readonly excusable?: true
  /** A mistake in code of the author. Where steps are made from values, it is neither ignored nor rescued. */
  readonly byAuthor?: true
  /** The step of connecting to a host that fails with it. */
  readonly step?: 'port' | 'host key' | 'login' | 'shell' | 'become'
}
