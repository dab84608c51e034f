import { exitCodes } from '../../error-codes.ts'

/** How far the person at the terminal has gone in ending the run. */
export interface Interrupts {
  /** Aborted by the first Ctrl-C: what runs is let end, nothing else begins. */
  readonly stopping: AbortSignal
  /** Aborted by the second: what runs on the hosts is stopped. */
  readonly signal: AbortSignal
  /** Ends listening; signals do again what they do by themselves. */
  readonly release: () => void
}

const notices = {
  stopping:
    'interrupted: the tasks that run now come to their end, no other begins (Ctrl-C again stops them on the hosts)',
  stopped: 'stopping what runs on the hosts (Ctrl-C again leaves at once)',
} as const

/**
 * Listens to Ctrl-C. The first lets running tasks end, the second stops them, the third ends the program at once.
 *
 * A polite kill (SIGTERM) counts like Ctrl-C. A terminal that goes (SIGHUP) counts as the first one only, however often it
 * comes: shells tell of it twice, and nobody is there to mean more by it.
 *
 * @param notice tells the person what happens, and what the next one would do.
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
