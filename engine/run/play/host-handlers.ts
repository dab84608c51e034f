import type { PlannedTask } from '../plan/planned-steps.ts'

/** The handlers of a host in a play, and which of them are due. */
export class HostHandlers {
  /** Those of the play, then those of its roles. */
  readonly #inOrder: PlannedTask[]
  readonly #due: Set<string>
  /** Under `--check`, those of which it is not known whether they would be notified. */
  readonly #unsure = new Set<string>()

  readonly #from: number

  /**
   * @param due handlers that are due from an earlier run.
   * @param from the number of tasks: positions of handlers follow those of tasks.
   */
  constructor(handlers: readonly PlannedTask[], due: readonly string[], from: number) {
    this.#inOrder = [...handlers]
    this.#from = from
    this.#due = new Set(due)
  }

  /** Adds the handlers of roles that were made. One of the same name takes the place of an earlier one: its values are newer. */
  add(all: readonly PlannedTask[]): void {
    for (const planned of all) {
      const at = this.#inOrder.findIndex(({ handler }) => handler === planned.handler)
      const index = at < 0 ? this.#inOrder.length : at
      this.#inOrder[index] = { ...planned, position: this.#from + index }
    }
  }

  /** @param surely whether the task that notifies them changes something; under `--check`, that can be unknown. */
  notify(handlers: readonly string[], surely: boolean): void {
    const notified = surely ? this.#due : this.#unsure
    for (const name of handlers) notified.add(name)
  }

  /** A handler begins: what notifies it from now on makes it due again. */
  begin(handler: string): void {
    this.#due.delete(handler)
  }

  /** The next handler that is due and has not run in this round. */
  nextDue(ran: ReadonlySet<string>): PlannedTask | undefined {
    return this.#inOrder.find(({ handler = '' }) => this.#due.has(handler) && !ran.has(handler))
  }

  /** Those of which it is not known whether they are due, each once. */
  takeUnsure(ran: ReadonlySet<string>): readonly PlannedTask[] {
    return this.#inOrder.filter(({ handler = '' }) => this.#unsure.delete(handler) && !ran.has(handler))
  }
}
