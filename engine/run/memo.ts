/**
 * Caches values by key. A failed attempt is not cached.
 *
 * A key must always be used with the same type: facts use the task's name and parameters, `ctx.once` the author's
 * key.
 */
export class Memo {
  readonly #made = new Map<string, { readonly stamp: number; readonly value: Promise<unknown> }>()

  /**
   * Returns the cached value of a key, or makes a new one if there is none or its stamp differs.
   *
   * @param stamp a version: a value is only valid for the stamp with which it was made.
   */
  get<Value>(key: string, make: () => Promise<Value>, stamp = 0): Promise<Value> {
    const known = this.#made.get(key)
    // the type of a map cannot depend on the key, so it is asserted here, once for all memos
    if (known?.stamp === stamp) return known.value as Promise<Value>
    const value = make()
    this.#made.set(key, { stamp, value })
    value.catch(() => {
      if (this.#made.get(key)?.value === value) this.#made.delete(key)
    })
    return value
  }
}
