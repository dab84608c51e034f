/** Quantiles of a histogram of Prometheus, whose buckets each count what is at most their bound. Pure. */

/** A bucket: its upper bound, and how many values are at most that. */
export interface Bucket {
  readonly bound: number
  readonly count: number
}

/**
 * The bound below which a share of the values is, between buckets in proportion, as histogram_quantile of Prometheus does.
 *
 * @param share such as 0.99.
 * @returns undefined for a histogram without values; for those above the last finite bound, that bound.
 */
export const quantile = (buckets: readonly Bucket[], share: number): number | undefined => {
  const sorted = buckets.toSorted((one, other) => one.bound - other.bound)
  const total = sorted.at(-1)?.count ?? 0
  if (total === 0) return undefined
  const rank = share * total
  const at = sorted.findIndex(({ count }) => count >= rank)
  const found = sorted[at]
  const before = sorted[at - 1] ?? { bound: 0, count: 0 }
  if (found === undefined || !Number.isFinite(found.bound)) return before.bound
  if (found.count === before.count) return found.bound
  return before.bound + ((found.bound - before.bound) * (rank - before.count)) / (found.count - before.count)
}
