import type { Look } from '../task/execution.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import type { RunScope } from '../scope.ts'

/** Maximum number of concurrent checks for a host that needs no change. */
const widest = 32

/** Thrown when a check ahead of its turn reads the outcome of a task that has not ended. */
export class TooEarly extends Error {}

type EarlyLook = Promise<Look | undefined>

/** Whether a task can be checked before its turn. */
const mayLookEarly = ({ task, settings, atTurnOnly }: PlannedTask): boolean =>
  // a timeout starts with the task itself; a task that one host runs for all need not be checked on most hosts; a throttle counts checks, too
  task.options.timeout === undefined &&
  settings.oncePer === undefined &&
  settings.throttle === undefined &&
  atTurnOnly !== true &&
  // a pick is made once in a run: not before it is needed
  (settings.on === undefined || typeof settings.on === 'string')

/**
 * Checks a host's next tasks ahead while nothing changes, which is safe because checks are pure: a run that changes
 * nothing then takes a handful of round trips, however long the list.
 *
 * A check is only valid if nothing was changed on any host since it began. After a task that was not `ok`, the window
 * falls to one and grows again, so that few checks are wasted on a host that is being changed.
 */
export class LookAhead {
  readonly #scope: RunScope
  readonly #tasks: PlannedTask[]
  readonly #places = new Map<PlannedTask, number>()
  readonly #look: (task: PlannedTask) => EarlyLook
  readonly #looks = new Map<PlannedTask, { readonly epoch: number; readonly look: EarlyLook }>()
  /** Tasks whose checks were taken: each has one turn. */
  readonly #taken = new Set<PlannedTask>()
  #window = widest
  /** The checks of the tasks between these places have begun, or cannot begin, as long as nothing changes. */
  #begun = { epoch: -1, from: 0, before: 0 }

  /**
   * @param tasks in the order of execution if nothing fails.
   * @param look checks a task in its own context; undefined if it is too early.
   */
  constructor(scope: RunScope, tasks: readonly PlannedTask[], look: (task: PlannedTask) => EarlyLook) {
    this.#scope = scope
    this.#tasks = [...tasks]
    this.#number(0)
    this.#look = look
  }

  /** Returns the check of a task, if there is one that is still valid. Also starts checks of the following tasks. */
  take(task: PlannedTask): EarlyLook | undefined {
    const index = this.#places.get(task)
    if (index === undefined) return undefined
    if (!this.#scope.busy) {
      const { epoch } = this.#scope
      const { from, before } = this.#begun
      const goesOn = this.#begun.epoch === epoch && from <= index && index <= before
      const first = goesOn ? before : index
      const end = Math.max(first, Math.min(index + this.#window, this.#tasks.length))
      this.#begun = { epoch, from: goesOn ? from : index, before: end }
      for (const next of this.#tasks.slice(first, end)) this.#begin(next)
    }
    const known = this.#looks.get(task)
    this.#looks.delete(task)
    this.#taken.add(task)
    return known?.epoch === this.#scope.epoch ? known.look : undefined
  }

  /** Adjusts how far to check ahead, by the outcome of a task. */
  learn(unchanged: boolean): void {
    this.#window = unchanged ? Math.min(this.#window * 2, widest) : 1
  }

  /** Adds the tasks that a task has made: they come next. */
  insert(after: PlannedTask, made: readonly PlannedTask[]): void {
    const index = this.#places.get(after)
    if (index === undefined || made.length === 0) return
    this.#tasks.splice(index + 1, 0, ...made)
    this.#number(index + 1)
    this.#begun = { ...this.#begun, before: Math.min(this.#begun.before, index + 1) }
  }

  #number(from: number): void {
    for (const [index, task] of this.#tasks.slice(from).entries()) this.#places.set(task, from + index)
  }

  #begin(task: PlannedTask): void {
    // beside it, an earlier one can have its turn later
    if (this.#taken.has(task) || !mayLookEarly(task)) return
    if (this.#looks.get(task)?.epoch === this.#scope.epoch) return
    const taken = this.#look(task)
    // the caller that takes the check handles its rejection; a check that is never taken must not end the process
    taken.catch(() => {})
    this.#looks.set(task, { epoch: this.#scope.epoch, look: taken })
  }
}
