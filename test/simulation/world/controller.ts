/** The process of a run on the controller: what it starts belongs to it, and ends with it. */
import { AsyncLocalStorage } from 'node:async_hooks'

export class Controller {
  readonly name: string
  /** Its process ID, for other processes. */
  readonly pid: number
  alive = true
  /** Called when it is killed, to release its resources. */
  readonly onDeath = new Set<() => void>()

  constructor(name: string, pid: number) {
    this.name = name
    this.pid = pid
  }

  kill(): void {
    if (!this.alive) return
    this.alive = false
    for (const act of this.onDeath) act()
  }
}

/** The controller whose code is running. */
export class Running {
  /** Tracks each controller through its promises if there are several at a time, which is expensive. */
  readonly #storage: AsyncLocalStorage<Controller> | undefined
  #only: Controller | undefined

  constructor(several: boolean) {
    this.#storage = several ? new AsyncLocalStorage() : undefined
  }

  /** Whether several controllers can run at the same time. */
  get several(): boolean {
    return this.#storage !== undefined
  }

  get controller(): Controller | undefined {
    return this.#storage === undefined ? this.#only : this.#storage.getStore()
  }

  run<Value>(controller: Controller, work: () => Value): Value {
    this.#only = controller
    return this.#storage === undefined ? work() : this.#storage.run(controller, work)
  }

  /** An action in the name of the current controller, while it is alive. */
  owned(act: () => void): () => void {
    const owner = this.controller
    if (owner === undefined) return act
    return () => {
      if (owner.alive) this.run(owner, act)
    }
  }

  end(): void {
    this.#storage?.disable()
  }
}
