import type { Remote, RemoteReader } from '../remote/remote.ts'
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
  /** Aborted when the run is interrupted or the task is out of time. */
  readonly signal: AbortSignal
}

/** What an apply may use. */
export interface ApplyContext extends CheckContext {
  readonly remote: Remote
  readonly on: (selector: Selector) => Promise<ApplyContext>
  /**
   * Makes a value once in a run, whichever host asks first; the others wait for it and get the same.
   * A failed attempt is not remembered.
   */
  readonly once: <Value>(key: string, make: () => Promise<Value>) => Promise<Value>
  /** Says something to the person at the terminal, as live output of the task. */
  readonly log: (text: string) => void
}
