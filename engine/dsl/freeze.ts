/** Whether a value is a list, or an object without a class. */
export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

/**
 * Freezes nested lists and plain objects in place, and returns the value. Instances of classes (a Secret, bytes, a
 * Map) are not frozen: they may need their own state.
 */
export const deepFreeze = <Value>(value: Value): Value => {
  const seen = new Set<object>()
  const visit = (item: unknown): void => {
    if (typeof item !== 'object' || item === null || !isPlain(item) || seen.has(item)) return
    seen.add(item)
    Object.freeze(item)
    for (const inner of Object.values(item)) visit(inner)
  }
  visit(value)
  return value
}
