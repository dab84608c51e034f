/** Counts the events of a run. */
import { noOutcomes } from './events.ts'
import type { HostRecap, Outcome, RunEvent } from './events.ts'
import { handlersOf, keepLedger, playMark } from './handlers/ledger.ts'
import type { HandlerMark } from './handlers/ledger.ts'

/** A handler that is due from an earlier run. */
export interface InheritedHandler {
  readonly host: string
  /** The index of its play. */
  readonly play: number
  readonly handler: string
}

/** Numbers for the ledger: all that matters here is whether a notification is from this run. */
const [earlier, thisRun] = [0, 1]

/** Counts outcomes by host, and keeps the handlers that are due. */
export class Tally {
  readonly #counts: Map<string, Record<Outcome, number>>
  readonly #ledger: ReturnType<typeof keepLedger>
  /** Whether a host was stopped before it ended the play. */
  stopped = false
  readonly #failures = { findings: 0, others: 0 }

  /**
   * @param plays the names of all plays, in order.
   * @param inherited handlers that are due when the run begins.
   */
  constructor(
    hosts: readonly string[],
    plays: readonly string[],
    inherited: readonly InheritedHandler[] = [],
  ) {
    this.#counts = new Map(hosts.map((host) => [host, noOutcomes()]))
    this.#ledger = keepLedger(
      thisRun,
      inherited.map(({ host, play, handler }, call): HandlerMark => ({
        ...playMark(plays, play),
        host,
        handler,
        run: earlier,
        call,
      })),
    )
  }

  see(event: RunEvent): void {
    this.#ledger.see(event)
    if (event.type === 'host-end' && event.standing === 'stopped') this.stopped = true
    if (event.type !== 'task-end') return
    if (event.outcome === 'failed')
      this.#failures[event.error?.code === 'finding' ? 'findings' : 'others'] += 1
    const counts = this.#counts.get(event.task.host)
    if (counts !== undefined) counts[event.outcome] += 1
  }

  /** Whether tasks failed, and all of them because they only look and have found something. */
  get onlyFindings(): boolean {
    return this.#failures.findings > 0 && this.#failures.others === 0
  }

  recap(): HostRecap[] {
    return [...this.#counts].map(([host, counts]) => ({ host, counts: { ...counts } }))
  }

  /** The names of the handlers that are due, by host. */
  due(): Record<string, string[]> {
    const names = new Map<string, Set<string>>()
    for (const { host, handler } of handlersOf(this.#ledger.ledger().due))
      names.set(host, (names.get(host) ?? new Set()).add(handler))
    return Object.fromEntries([...names].map(([host, handlers]) => [host, [...handlers]]))
  }
}
