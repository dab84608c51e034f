/** Paths of keys into a tree of maps and lists, and what goes wrong on them. */
import { CoxswainError } from '../../../engine/index.ts'

/** A part of a path: the name of a key, or the place in a list. What was typed with dots is text in any case. */
export type Key = string | number

/** Where a path leads nowhere, and why. */
export const noPath = (path: string, keys: readonly Key[], why: string): CoxswainError =>
  new CoxswainError('task-failed', `${path}: ${keys.join('.') || 'the document'} ${why}`, {
    hint: 'set another key, or edit the file by hand',
  })

/** The place in a list that a key means; undefined for one that is no whole number. */
export const indexOf = (key: Key): number | undefined => {
  if (typeof key === 'number') return key
  return /^(?:0|[1-9]\d{0,8})$/.test(key) ? Number(key) : undefined
}

/**
 * The place in a list, at most one beyond the last item.
 *
 * @throws `task-failed` for what is no place there.
 */
export const placeIn = (path: string, keys: readonly Key[], key: Key, length: number): number => {
  const index = indexOf(key)
  if (index === undefined)
    throw noPath(path, keys, `is a list, which has no ${key}: its items are counted from 0`)
  if (index > length) throw noPath(path, keys, `is a list of ${length} items: ${index} is not the next one`)
  return index
}

/**
 * Refuses to remove an item by its place when others follow: they would take the place, and go at the next run.
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

/** A value below keys that are not there yet: 0 begins a list, and everything else is a key of a map. */
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
