import type { Transfer } from '../../remote/transfer.ts'

/** Minimum size in bytes of transfers to report; smaller ones end too soon. */
const minimumSize = 4_000_000

/** Minimum milliseconds between two reports of a transfer. */
const interval = 1000

/**
 * Limits progress reports of transfers to one per second each; start and end are always reported.
 *
 * @param now milliseconds of a monotonic clock.
 */
export const limitTransferReports = (
  tell: (transfer: Transfer) => void,
  now: () => number = () => performance.now(),
): ((transfer: Transfer) => void) => {
  let lastReported: Map<string, number> | undefined
  return (transfer) => {
    const { path, bytes, size } = transfer
    if (size < minimumSize) return
    lastReported ??= new Map()
    const before = lastReported.get(path)
    const through = bytes >= size
    if (before !== undefined && !through && now() - before < interval) return
    if (through) lastReported.delete(path)
    else lastReported.set(path, now())
    tell(transfer)
  }
}
