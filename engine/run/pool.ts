/**
 * Runs work for every item, at most `limit` at a time, in order of the items. Failures are the work's own matter: the
 * first rejection is passed on after all work that had begun has ended.
 */
export const pool = async <Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** What several works give, when all of them have ended: none outlives the failure of another, which is passed on. */
export const together = async <Value>(works: readonly Promise<Value>[]): Promise<Value[]> => {
  const ends = await Promise.allSettled(works)
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
}
