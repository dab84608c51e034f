import { CoxswainError, isCoxswainError } from '../errors.ts'

/** The error for an abort: the signal's reason if it is a CoxswainError, else `interrupted`. */
export const abortReason = (signal: AbortSignal, message: string): CoxswainError => {
  const reason: unknown = signal.reason
  return isCoxswainError(reason) ? reason : new CoxswainError('interrupted', message, { cause: reason })
}

/** Throws {@link abortReason} if the signal is aborted. */
export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted === true) throw abortReason(signal, 'interrupted before it started')
}

/** Waits for work until the signal aborts, and then throws {@link abortReason}. The work itself continues. */
export const unlessAborted = <Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
  message = 'interrupted before it started',
): Promise<Value> => {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal, message))
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** A signal that aborts with the first of several signals. Unlink it when it is no longer needed. */
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
