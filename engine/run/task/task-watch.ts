import { setMaxListeners } from 'node:events'
import type { Command } from '../../remote/command.ts'
import { CoxswainError } from '../../errors.ts'

/** A signal that aborts with the run's, or after some seconds. */
const limit = (run: AbortSignal, seconds: number) => {
  const controller = new AbortController()
  // every request of the task listens to it
  setMaxListeners(Infinity, controller.signal)
  const onAbort = (): void => controller.abort(run.reason)
  run.addEventListener('abort', onAbort, { once: true })
  if (run.aborted) onAbort()
  // AbortSignal.timeout would not do: nothing holds it, so it may be collected before it is due
  const late = (): void =>
    controller.abort(new CoxswainError('command-timeout', `not done within ${seconds} s`))
  const timer = setTimeout(late, seconds * 1000)
  const release = (): void => {
    clearTimeout(timer)
    run.removeEventListener('abort', onAbort)
  }
  return { signal: controller.signal, release }
}

/** Watches over one task on one host: its time, and that nothing of it goes on when it has ended. */
export class TaskWatch {
  /** Aborts with the run's, and when the task is out of time: then with an error that says so as its reason. */
  readonly signal: AbortSignal
  readonly #commands: Command[] = []
  readonly #underway = new Set<Promise<unknown>>()
  readonly #release: () => void

  /** @param seconds that the task may take; as many as it likes when absent. */
  constructor(run: AbortSignal, seconds: number | undefined) {
    // a signal of its own costs as much as all the rest of a look, and only a limit needs one
    const limited = seconds === undefined ? undefined : limit(run, seconds)
    this.signal = limited?.signal ?? run
    this.#release = limited?.release ?? (() => {})
  }

  /** A command that the task has made, and is expected to await. */
  made(command: Command): void {
    this.#commands.push(command)
  }

  /** A request that goes to a host, until it is answered. */
  async sent<Value>(request: Promise<Value>): Promise<Value> {
    this.#underway.add(request)
    try {
      return await request
    } finally {
      this.#underway.delete(request)
    }
  }

  /**
   * Does a part of the task, and comes back only when nothing of it is under way any more, whether it went well or not.
   *
   * @throws `task-failed` when it made a command and never awaited it: that command did not run.
   */
  async whole<Value>(work: () => Promise<Value>): Promise<Value> {
    const before = this.#commands.length
    try {
      const value = await work()
      await this.#idle()
      const forgotten = this.#commands.slice(before).find(({ begun }) => !begun)
      if (forgotten === undefined) return value
      throw new CoxswainError('task-failed', `never awaited, so it did not run: ${forgotten.script}`, {
        hint: 'put `await` before the command in the task',
      })
    } finally {
      await this.#idle()
    }
  }

  /** Lets go of the timer and of the run's signal. */
  end(): void {
    this.#release()
  }

  async #idle(): Promise<void> {
    while (this.#underway.size > 0) await Promise.allSettled(this.#underway)
  }
}
