import type { Remote, RemoteReader } from '../remote/types.ts'
import type { Outcome } from './outcome.ts'
import type { Selector } from './select.ts'
import type { Task } from './task.ts'

/** The host that a task works on, as tasks see it: no variables, for only playbooks read variables. */
export interface HostIdentity {
  readonly name: string
  /** All its groups, `all` first. */
  readonly groups: readonly string[]
  /** The address that it is reached at. */
  readonly address: string
}

/** What a check may use. Everything here only reads. */
export interface CheckContext {
  readonly host: HostIdentity
  readonly remote: RemoteReader
  /** A fact's value on this host: read once in a run, then remembered. */
  readonly fact: <Value>(task: Task<Value>) => Promise<Value>
  /** Another host's context. The selector must name exactly one host. */
  readonly on: (selector: Selector) => Promise<CheckContext>
  /** Names of the hosts that a selector gives. */
  readonly hostsOf: (selector: Selector) => Promise<readonly string[]>
  /**
   * Makes a value once in a run, whichever host asks first; the others wait for it and get the same.
   * A failed attempt is not remembered. What a check makes so must only be read from somewhere.
   */
  readonly once: <Value>(key: string, make: () => Promise<Value>) => Promise<Value>
  /**
   * Notes that something is not on the host, such as `the service nginx`, where a command found that out. Under `--check` an `ok`
   * that rests on it is unknown when an earlier task may bring it. Files that `remote` does not find are noted by themselves.
   */
  readonly absent: (what: string) => void
  /** Whether an earlier task of this run would have made something, such as `the group deploy`, had this not been `--check`. */
  readonly predicted: (what: string) => boolean
  /** Aborted when the run is interrupted or the task is out of time. */
  readonly signal: AbortSignal
}

/** What a condition (`when`) may use: also how the tasks before it went. */
export interface WhenContext extends CheckContext {
  /** How a task of the same play ended on this host; undefined when it has not run there, or not yet. */
  readonly outcomeOf: (task: Task) => Outcome | undefined
  /** Whether a task of the same play changed something on this host; under `--check`, whether it would. */
  readonly changed: (task: Task) => boolean
}

/** What an apply may use. */
export interface ApplyContext extends CheckContext {
  readonly remote: Remote
  readonly on: (selector: Selector) => Promise<ApplyContext>
  /**
   * Asks the person at the terminal, and waits for the answer: a line, without its newline.
   *
   * It fails with `nobody-to-ask` where there is no terminal, and with `interrupted` on Ctrl-C.
   */
  readonly ask: (question: string) => Promise<string>
  /** Says something to the person at the terminal, as live output of the task. */
  readonly log: (text: string) => void
}
