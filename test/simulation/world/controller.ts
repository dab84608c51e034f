/** One run's process on the controller: what it started is its own, and dies with it. */
import { AsyncLocalStorage } from 'node:async_hooks'

export class Controller {
  readonly name: string
  /** Its process number, as others ask for it. */
  readonly pid: number
  alive = true
  /** Called when it is killed: what it held is gone then. */
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

/** Whose code is running. */
export class Running {
  /** Follows each controller through its promises, where there are several at a time: that has its price. */
  readonly #storage: AsyncLocalStorage<Controller> | undefined
  #only: Controller | undefined

  constructor(several: boolean) {
    this.#storage = several ? new AsyncLocalStorage() : undefined
  }

  /** Whether several may be at work at a time. */
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

  /** An act in the name of whoever asks for it now, while they live. */
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
