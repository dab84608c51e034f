import type { Transfer } from '../../remote/transfer.ts'

/** Transfers of fewer bytes are through before anybody has read how far they are. */
const worthTelling = 4_000_000

/** Milliseconds between two words about the same transfer. */
const interval = 1000

/**
 * Passes on how far transfers are, at most once a second each: where each begins, and that it is through, are always told.
 *
 * @param now milliseconds, of any clock that only goes on.
 */
export const tellTransfers = (
  tell: (transfer: Transfer) => void,
  now: () => number = () => performance.now(),
): ((transfer: Transfer) => void) => {
  const told = new Map<string, number>()
  return (transfer) => {
    const { path, bytes, size } = transfer
    if (size < worthTelling) return
    const before = told.get(path)
    const through = bytes >= size
    if (before !== undefined && !through && now() - before < interval) return
    if (through) told.delete(path)
    else told.set(path, now())
    tell(transfer)
  }
}
