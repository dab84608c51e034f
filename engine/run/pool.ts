/**
 * Runs work for every item, at most `limit` at a time, in the order of the items. The first rejection is thrown after
 * all work that had begun has ended.
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

/** Waits until all works have ended, then returns their values or throws the first rejection. */
export const together = async <Value>(works: readonly Promise<Value>[]): Promise<Value[]> => {
  const ends = await Promise.allSettled(works)
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
}
