import type { Task } from '../dsl/task.ts'
import type { Look } from './execute-task.ts'
import type { RunScope } from './scope.ts'

/** How many checks may be under way at once for a host that needs no change. */
const widest = 32

/**
 * Takes looks at a host's next tasks while nothing changes, because checks are pure: a run that changes nothing then
 * costs a handful of round trips, however long the list.
 *
 * A look is only good while nothing was changed on any host since it was begun. After a task that was not `ok` the
 * window falls to one and grows again, so that little is looked up in vain on a host that is being built.
 */
export class LookAhead {
  readonly #scope: RunScope
  readonly #tasks: readonly Task[]
  readonly #look: (task: Task) => Promise<Look>
  readonly #looks = new Map<number, { readonly epoch: number; readonly look: Promise<Look> }>()
  #window = widest

  /** @param look at a task, in its own time and context. */
  constructor(scope: RunScope, tasks: readonly Task[], look: (task: Task) => Promise<Look>) {
    this.#scope = scope
    this.#tasks = tasks
    this.#look = look
  }

  /** The look at a task, when one was taken and is still good. Looks at the tasks that follow on the way. */
  take(index: number): Promise<Look> | undefined {
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
    // the time of a task that has a limit begins with the task itself
    if (task === undefined || task.options.timeout !== undefined) return
    if (this.#looks.get(index)?.epoch === this.#scope.epoch) return
    const taken = this.#look(task)
    // whoever takes the look sees its failure; one that nobody takes must not end the process
    taken.catch(() => {})
    this.#looks.set(index, { epoch: this.#scope.epoch, look: taken })
  }
}
