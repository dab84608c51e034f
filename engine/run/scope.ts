import type { HostLock } from '../connection/shell/lock.ts'
import type { Connection } from '../connection/types.ts'
import type { Pick, Task } from '../dsl/types.ts'
import { CoxswainError } from '../errors.ts'
import type { Fleet, FleetHost } from './fleet.ts'
import { Memo } from './memo.ts'
import { Predicted } from './predicted.ts'
import { Redactor } from './masking/redactor.ts'

/** Puts a question to the person at the terminal, and gives the answer, a line. */
export type Ask = (question: string) => Promise<string>

const nobody: Ask = (question) =>
  Promise.reject(new CoxswainError('nobody-to-ask', `there is no terminal to ask at: ${question}`))

/** What a run brings along. */
export interface ScopeOptions {
  readonly ask?: Ask | undefined
  /** Knows secrets already; it learns those of the run too. */
  readonly redactor?: Redactor | undefined
  /** How a host is locked against other runs, where it shall be. */
  readonly lock?: ((host: string) => HostLock) | undefined
}

/**
 * What one run remembers: facts, values made once, choices made, and how often something was changed.
 *
 * It is the only mutable state of a run, and it dies with it.
 */
export class RunScope {
  readonly fleet: Fleet
  readonly ask: Ask
  readonly redactor: Redactor
  readonly once = new Memo()
  readonly picks = new Map<Pick, Promise<string | undefined>>()
  readonly #facts = new Memo()
  readonly #changes = new Map<string, number>()
  readonly #connections = new Map<string, Connection>()
  /** Hosts that have answered anything in this run. */
  readonly reached = new Set<string>()
  /** Set once `--check` has foretold a change, on any host: checks after it look at a world that will be another. */
  foretold = false
  /** By host, what would have brought files under `--check` that are not known before: the title of the last such task. */
  readonly brought = new Map<string, string>()
  readonly #predicted = new Map<string, Predicted>()
  #epoch = 0
  #applying = 0
  readonly #lock: ScopeOptions['lock']

  constructor(fleet: Fleet, { ask = nobody, redactor = new Redactor(), lock }: ScopeOptions = {}) {
    this.fleet = fleet
    this.ask = ask
    this.redactor = redactor
    this.#lock = lock
  }

  /** What tasks would have made on a host, under `--check`. */
  predicted(host: string): Predicted {
    const known = this.#predicted.get(host) ?? new Predicted()
    this.#predicted.set(host, known)
    return known
  }

  /** Notes what a task would have made on a host, under `--check`. */
  predict(host: string, task: Task): void {
    this.predicted(host).add(task)
    // checks that were made ahead did not count on these
    if (task.makes().length > 0) this.changed(host)
  }

  /** Makes a host ready to be reached: called before any host is asked that no play was planned for. */
  async ready(name: string): Promise<void> {
    const { ready } = this.host(name)
    if (ready === undefined) return
    await ready()
    this.redactor.learn(this.host(name).secrets)
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

  /** Moves on whenever something may have changed, anywhere: what was checked ahead before is worth nothing then. */
  get epoch(): number {
    return this.#epoch
  }

  /** Whether something is being changed right now, on any host. */
  get busy(): boolean {
    return this.#applying > 0
  }

  /** Runs what may change a host, so that all that was looked up before is known to be stale. */
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

  /** Notes that something may have changed on a host: what was read of it before is worth nothing now. */
  changed(host: string): void {
    this.#epoch += 1
    this.#changes.set(host, (this.#changes.get(host) ?? 0) + 1)
  }

  /**
   * A fact of a host: read once, and again only after something was changed on that host, because it may have changed
   * the fact too. A failed reading is not remembered.
   */
  fact<Value>(host: string, key: string, read: () => Promise<Value>): Promise<Value> {
    return this.#facts.get(JSON.stringify([host, key]), read, this.#changes.get(host) ?? 0)
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#connections.values()].map((connection) => connection.close()))
  }
}
