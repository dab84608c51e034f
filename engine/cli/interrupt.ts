import { exitCodes } from '../errors.ts'

/**
 * A signal that Ctrl-C (or a polite kill) aborts. A second one ends the program at once.
 *
 * @param notice called at the first one, to tell the person what happens.
 */
export const onInterrupt = (
  notice: () => void,
): { readonly signal: AbortSignal; readonly release: () => void } => {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    notice()
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, interrupt)
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, interrupt)
    },
  }
}
