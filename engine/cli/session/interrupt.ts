import { exitCodes } from '../../exit-codes.ts'

/** The state of Ctrl-C during a run. */
export interface Interrupts {
  /** Aborted by the first Ctrl-C: running tasks finish, and no other task starts. */
  readonly stopping: AbortSignal
  /** Aborted by the second: running tasks are stopped on the hosts. */
  readonly signal: AbortSignal
  /** Removes the listeners, so that signals have their default effect again. */
  readonly release: () => void
}

const notices = {
  stopping:
    'interrupted: running tasks finish, and no other task starts (press Ctrl-C again to stop them on the hosts)',
  stopped: 'stopping the running tasks on the hosts (press Ctrl-C again to exit immediately)',
} as const

/**
 * Listens for Ctrl-C. The first lets running tasks finish, the second stops them, the third ends the program immediately.
 *
 * SIGTERM has the same effect as Ctrl-C. SIGHUP, from a closed terminal, has only the effect of the first Ctrl-C, as shells
 * send it twice.
 *
 * @param notice prints what happens, and what another Ctrl-C would do.
 */
export const onInterrupt = (notice: (text: string) => void): Interrupts => {
  const soft = new AbortController()
  const hard = new AbortController()
  const hangUp = (): void => {
    if (soft.signal.aborted) return
    notice(notices.stopping)
    soft.abort()
  }
  const interrupt = (): void => {
    if (!soft.signal.aborted) return hangUp()
    if (hard.signal.aborted) process.exit(exitCodes.interrupted)
    notice(notices.stopped)
    hard.abort()
  }
  const listeners = [
    ['SIGINT', interrupt],
    ['SIGTERM', interrupt],
    ['SIGHUP', hangUp],
  ] as const
  for (const [name, listener] of listeners) process.on(name, listener)
  return {
    stopping: soft.signal,
    signal: hard.signal,
    release: () => {
      for (const [name, listener] of listeners) process.off(name, listener)
    },
  }
}
