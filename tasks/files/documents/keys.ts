/** Paths of keys into a tree of maps and lists, and their errors. */
import { CoxswainError } from '../../../engine/index.ts'

/** A part of a path: a key, or an index in a list. Parts of a path typed with dots are always text. */
export type Key = string | number

/** The error for a path that cannot be followed. */
export const noPath = (path: string, keys: readonly Key[], why: string): CoxswainError =>
  new CoxswainError('task-failed', `${path}: ${keys.join('.') || 'the document'} ${why}`, {
    hint: 'set another key, or edit the file by hand',
  })

/** The index in a list that a key stands for; undefined if it is not an integer. */
export const indexOf = (key: Key): number | undefined => {
  if (typeof key === 'number') return key
  return /^(?:0|[1-9]\d{0,8})$/.test(key) ? Number(key) : undefined
}

/**
 * An index in a list, at most one after the last item.
 *
 * @throws `task-failed` if the key is not such an index.
 */
export const placeIn = (path: string, keys: readonly Key[], key: Key, length: number): number => {
  const index = indexOf(key)
  if (index === undefined)
    throw noPath(path, keys, `is a list, and ${key} is not an index: items are counted from 0`)
  if (index > length) throw noPath(path, keys, `is a list of ${length} items: ${index} is not the next one`)
  return index
}

/**
 * Refuses to remove an item that is not the last one: the next item would get its index, and the next run would remove it.
 *
 * @throws `task-failed` unless it is the last one.
 */
export const mustBeLast = (path: string, keys: readonly Key[], index: number, length: number): void => {
  if (index < length - 1)
    throw noPath(
      path,
      keys,
      'is not the last item of its list, and the next one would take its place: set the list',
    )
}

/** A value nested in keys that do not exist yet: 0 creates a list, everything else a map. */
export const nested = (
  path: string,
  above: readonly Key[],
  keys: readonly Key[],
  value: unknown,
): unknown => {
  const [key, ...rest] = keys
  if (key === undefined) return value
  const inner = nested(path, [...above, key], rest, value)
  if (indexOf(key) === 0) return [inner]
  if (typeof key === 'number') throw noPath(path, above, `is a list of 0 items: ${key} is not the next one`)
  return Object.fromEntries([[key, inner]])
}
