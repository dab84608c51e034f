import type { HostLock } from '../connection/shell/lock.ts'
import type { Connection } from '../connection/types.ts'
import type { Pick, Task } from '../dsl/types.ts'
import { CoxswainError } from '../errors.ts'
import { FactKeys } from './fact-keys.ts'
import type { FactOptions } from './fact-keys.ts'
import type { Fleet, FleetHost } from './fleet.ts'
import { Memo } from './memo.ts'
import { Predicted } from './predicted.ts'
import { Redactor } from './masking/redactor.ts'

/** Asks the user at the terminal, and returns the answer, a line. */
export type Ask = (question: string) => Promise<string>

const noTerminal: Ask = (question) =>
  Promise.reject(new CoxswainError('nobody-to-ask', `there is no terminal to ask at: ${question}`))

/** How many tasks begin before signals and timers have their turn. */
const tasksBetween = 200

/** The options of a run's scope. */
export interface ScopeOptions {
  readonly ask?: Ask | undefined
  /** A redactor that may already know secrets; it also learns those of the run. */
  readonly redactor?: Redactor | undefined
  /** Returns the lock of a host against other runs; undefined for runs without locks. */
  readonly lock?: ((host: string) => HostLock) | undefined
}

/**
 * The state of one run: facts, values made once, picks, and how often something was changed.
 *
 * It is the only mutable state of a run.
 */
export class RunScope {
  readonly fleet: Fleet
  readonly ask: Ask
  readonly redactor: Redactor
  readonly once = new Memo()
  readonly picks = new Map<Pick, Promise<string | undefined>>()
  readonly #facts = new Map<string, Memo>()
  readonly #factKeys = new FactKeys()
  readonly #changes = new Map<string, number>()
  readonly #connections = new Map<string, Connection>()
  /** Hosts that have answered in this run. */
  readonly reached = new Set<string>()
  /** Whether `--check` has predicted a change on any host: later checks see hosts before that change. */
  changePredicted = false
  /** Under `--check`, by host: the title of the last task that would create files that it does not list. */
  readonly brought = new Map<string, string>()
  /** Under `--check`, by host: the title of the first task that would change it, or of which that is not known. */
  readonly predictedBy = new Map<string, string>()
  readonly #predicted = new Map<string, Predicted>()
  readonly #later = new Map<string, Set<Task>>()
  readonly #values = new Map<string, Map<Task, { readonly value: unknown }>>()
  #epoch = 0
  #begun = 0
  #applying = 0
  readonly #lock: ScopeOptions['lock']

  constructor(fleet: Fleet, { ask = noTerminal, redactor = new Redactor(), lock }: ScopeOptions = {}) {
    this.fleet = fleet
    this.ask = ask
    this.redactor = redactor
    this.#lock = lock
  }

  /** What tasks would create on a host, under `--check`. */
  predicted(host: string): Predicted {
    const known = this.#predicted.get(host) ?? new Predicted()
    this.#predicted.set(host, known)
    return known
  }

  /** Records what a task would create on a host, under `--check`. */
  predict(host: string, task: Task): void {
    this.predicted(host).add(task)
    // checks ahead of their turn did not know of these
    if (task.makes().length > 0) this.changed(host)
  }

  /** Prepares a host for connections: called before a host is used that is in no play. */
  async ready(name: string): Promise<void> {
    const { ready } = this.host(name)
    if (ready === undefined) return
    await ready()
    this.redactor.learn(this.host(name).secrets)
  }

  /**
   * Called when a task begins. Tasks that wait for no host follow each other at once: this lets signals and timers have their turn from time
   * to time, so that such a run can be stopped. Undefined if there is nothing to wait for.
   */
  pause(): Promise<void> | undefined {
    this.#begun += 1
    if (this.#begun % tasksBetween !== 0) return undefined
    return new Promise((resolve) => setImmediate(resolve))
  }

  host(name: string): FleetHost {
    const host = this.fleet.hosts.get(name)
    if (host === undefined) throw new CoxswainError('internal', `no host named ${name} in this run`)
    return host
  }

  connection(name: string): Connection {
    const known = this.#connections.get(name)
    if (known !== undefined) return known
    const made = this.host(name).connect(this.#lock?.(name))
    this.#connections.set(name, made)
    return made
  }

  /** Increases whenever something may have changed on any host: earlier checks ahead are invalid then. */
  get epoch(): number {
    return this.#epoch
  }

  /** Whether a change is in progress on any host. */
  get busy(): boolean {
    return this.#applying > 0
  }

  /** Runs work that can change a host, and invalidates everything that was read before. */
  async changing<Value>(host: string, work: () => Promise<Value>): Promise<Value> {
    this.changed(host)
    this.#applying += 1
    try {
      return await work()
    } finally {
      this.#applying -= 1
      this.changed(host)
    }
  }

  /** Records that something may have changed on a host, and invalidates what was read before. */
  changed(host: string): void {
    this.#epoch += 1
    this.#changes.set(host, (this.#changes.get(host) ?? 0) + 1)
  }

  /**
   * A fact of a host: read once, and again only after a change on that host, which may have changed the fact, unless it is fixed. A
   * failed read is not cached.
   */
  fact<Value>(host: string, task: Task<Value>, how: FactOptions, read: () => Promise<Value>): Promise<Value> {
    const facts = this.#facts.get(host) ?? new Memo()
    this.#facts.set(host, facts)
    return facts.get(this.#factKeys.of(task, how), read, task.fixed ? 0 : (this.#changes.get(host) ?? 0))
  }

  /** Records the value that a task gave on a host. */
  give(host: string, task: Task, value: unknown): void {
    if (value === undefined) return
    this.redactor.learn(value)
    const given = this.#values.get(host) ?? new Map<Task, { readonly value: unknown }>()
    this.#values.set(host, given.set(task, { value }))
  }

  /** Records that a task would give a value on a host, under `--check`. */
  giveLater(host: string, task: Task): void {
    this.#later.set(host, (this.#later.get(host) ?? new Set()).add(task))
  }

  /** Whether a task would give a value on a host, under `--check`. */
  givesLater(host: string, task: Task): boolean {
    return this.#later.get(host)?.has(task) === true
  }

  /** The value that a task gave on a host; undefined if it has not run there, or gave none. */
  valueOf<Value>(host: string, task: Task<Value>): { readonly value: Value } | undefined {
    // the type of a map cannot depend on the key: `give` has put in what a task of this type gave
    return this.#values.get(host)?.get(task) as { readonly value: Value } | undefined
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#connections.values()].map((connection) => connection.close()))
  }
}
