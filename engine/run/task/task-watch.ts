import { setMaxListeners } from 'node:events'
import type { Command } from '../../remote/command.ts'
import { CoxswainError } from '../../errors.ts'

/** A signal that aborts with that of the run, or after a number of seconds. */
const limit = (run: AbortSignal, seconds: number) => {
  const controller = new AbortController()
  // every request of the task listens to it
  setMaxListeners(Infinity, controller.signal)
  const onAbort = (): void => controller.abort(run.reason)
  run.addEventListener('abort', onAbort, { once: true })
  if (run.aborted) onAbort()
  // not AbortSignal.timeout: nothing references it, so it can be garbage-collected before it fires
  const late = (): void =>
    controller.abort(new CoxswainError('command-timeout', `timed out after ${seconds} s`))
  const timer = setTimeout(late, seconds * 1000)
  const release = (): void => {
    clearTimeout(timer)
    run.removeEventListener('abort', onAbort)
  }
  return { signal: controller.signal, release }
}

/** Watches one task on one host: its timeout, and that nothing of it continues after its end. */
export class TaskWatch {
  /** Aborts with that of the run, and when the task times out: then its reason is the error. */
  readonly signal: AbortSignal
  readonly #commands: Command[] = []
  readonly #underway = new Set<Promise<unknown>>()
  readonly #release: () => void

  /** @param seconds timeout of the task; undefined for none. */
  constructor(run: AbortSignal, seconds: number | undefined) {
    // a signal of its own costs as much as the rest of a check, and only a timeout needs one
    const limited = seconds === undefined ? undefined : limit(run, seconds)
    this.signal = limited?.signal ?? run
    this.#release = limited?.release ?? (() => {})
  }

  /** Records a command that the task has made and must await. */
  made(command: Command): void {
    this.#commands.push(command)
  }

  /** Records a request to a host until it is answered. */
  async sent<Value>(request: Promise<Value>): Promise<Value> {
    this.#underway.add(request)
    try {
      return await request
    } finally {
      this.#underway.delete(request)
    }
  }

  /**
   * Runs a part of the task, and returns or throws only when none of its requests is pending.
   *
   * @throws `task-failed` if it made a command and never awaited it: that command did not run.
   */
  async run<Value>(work: () => Promise<Value>): Promise<Value> {
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

  /** Releases the timer and the run's signal. */
  end(): void {
    this.#release()
  }

  async #idle(): Promise<void> {
    while (this.#underway.size > 0) await Promise.allSettled(this.#underway)
  }
}
