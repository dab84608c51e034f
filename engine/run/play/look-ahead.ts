import type { Look } from '../task/execute-task.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import type { RunScope } from '../scope.ts'

/** How many checks may be under way at once for a host that needs no change. */
const widest = 32

/** Thrown by what asks, in a look ahead, how a task has ended that has not. */
export class TooEarly extends Error {}

type EarlyLook = Promise<Look | undefined>

/** Whether it may be looked at before its turn. */
const mayLookEarly = ({ task, settings }: PlannedTask): boolean =>
  // the time of a task that has a limit begins with the task itself; what one host does for all, most need not look at
  task.options.timeout === undefined &&
  settings.oncePer === undefined &&
  // a choice is made once a run: not before it is wanted
  (settings.on === undefined || typeof settings.on === 'string')

/**
 * Takes looks at a host's next tasks while nothing changes, because checks are pure: a run that changes nothing then
 * costs a handful of round trips, however long the list.
 *
 * A look is only good while nothing was changed on any host since it was begun. After a task that was not `ok` the
 * window falls to one and grows again, so that little is looked up in vain on a host that is being built.
 */
export class LookAhead {
  readonly #scope: RunScope
  readonly #tasks: readonly PlannedTask[]
  readonly #places: ReadonlyMap<PlannedTask, number>
  readonly #look: (task: PlannedTask) => EarlyLook
  readonly #looks = new Map<number, { readonly epoch: number; readonly look: EarlyLook }>()
  #window = widest

  /**
   * @param tasks in the order in which they run when all goes well.
   * @param look at a task, in its own time and context; undefined when it is too early to look.
   */
  constructor(scope: RunScope, tasks: readonly PlannedTask[], look: (task: PlannedTask) => EarlyLook) {
    this.#scope = scope
    this.#tasks = tasks
    this.#places = new Map(tasks.map((task, index) => [task, index]))
    this.#look = look
  }

  /** The look at a task, when one was taken and is still good. Looks at the tasks that follow on the way. */
  take(task: PlannedTask): EarlyLook | undefined {
    const index = this.#places.get(task)
    if (index === undefined) return undefined
    if (!this.#scope.busy) {
      const end = Math.min(index + this.#window, this.#tasks.length)
      for (let next = index; next < end; next += 1) this.#begin(next)
    }
    const taken = this.#looks.get(index)
    this.#looks.delete(index)
    return taken?.epoch === this.#scope.epoch ? taken.look : undefined
  }

  /** Tells how the task turned out, which decides how far to look ahead from here. */
  learn(unchanged: boolean): void {
    this.#window = unchanged ? Math.min(this.#window * 2, widest) : 1
  }

  #begin(index: number): void {
    const task = this.#tasks[index]
    if (task === undefined || !mayLookEarly(task)) return
    if (this.#looks.get(index)?.epoch === this.#scope.epoch) return
    const taken = this.#look(task)
    // whoever takes the look sees its failure; one that nobody takes must not end the process
    taken.catch(() => {})
    this.#looks.set(index, { epoch: this.#scope.epoch, look: taken })
  }
}
