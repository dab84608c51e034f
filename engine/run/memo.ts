/**
 * Values made once for a key. An attempt that failed is not remembered.
 *
 * A key must always be used with one type: facts use the task's name and parameters, `ctx.once` its author's word.
 */
export class Memo {
  readonly #made = new Map<string, { readonly stamp: number; readonly value: Promise<unknown> }>()

  /**
   * The value for a key: the remembered one, or a new one when there is none or its stamp is another.
   *
   * @param stamp what the value depends on beside the key; a value is only good for the stamp it was made at.
   */
  get<Value>(key: string, make: () => Promise<Value>, stamp = 0): Promise<Value> {
    const known = this.#made.get(key)
    // a map cannot say that each key has its own type, so this is said here, once, for all memos
    if (known?.stamp === stamp) return known.value as Promise<Value>
    const value = make()
    this.#made.set(key, { stamp, value })
    value.catch(() => {
      if (this.#made.get(key)?.value === value) this.#made.delete(key)
    })
    return value
  }
}
