import { CoxswainError, isCoxswainError } from '../errors.ts'

/** What whoever waits is told of an abort: the aborter's own reason where it is one of ours, else that it was interrupted. */
export const abortReason = (signal: AbortSignal, message: string): CoxswainError => {
  const reason: unknown = signal.reason
  return isCoxswainError(reason) ? reason : new CoxswainError('interrupted', message, { cause: reason })
}

/** Throws {@link abortReason} when it is too late to begin. */
export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted === true) throw abortReason(signal, 'interrupted before it was begun')
}

/** Waits for work of others no longer than until the signal: the work goes on, who waited hears {@link abortReason}. */
export const unlessAborted = <Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
  message = 'interrupted before it was begun',
): Promise<Value> => {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal, message))
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** A signal that comes with the first of others; to be unlinked when it is not needed any more. */
export const linkedSignal = (
  signals: readonly (AbortSignal | undefined)[],
): { readonly signal: AbortSignal; readonly unlink: () => void } => {
  const controller = new AbortController()
  const links = signals.flatMap((signal) => {
    if (signal === undefined) return []
    const pass = (): void => controller.abort(signal.reason)
    signal.addEventListener('abort', pass, { once: true })
    if (signal.aborted) pass()
    return [() => signal.removeEventListener('abort', pass)]
  })
  return { signal: controller.signal, unlink: () => links.forEach((unlink) => unlink()) }
}
