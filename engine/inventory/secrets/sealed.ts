/** Values that must be opened before they can be read: encrypted, or not in the inventory itself. */
import type { Place } from '../../errors.ts'
import { Secret, isSecret } from '../../secret.ts'
import { Scalar } from '../scalar.ts'
import type { Keyring } from './keyring.ts'

const brand = Symbol.for('coxswain.sealed')

/** A sealed value of an inventory. It is opened when a run needs it, at most once. */
export interface Sealed {
  readonly [brand]: true
  /** Its place. */
  readonly place: Place
  /** Returns its plain value. Errors are reported at its place. */
  readonly open: (keys: Keyring) => Promise<unknown>
}

export const sealed = (place: Place, open: Sealed['open']): Sealed =>
  Object.freeze({ [brand]: true as const, place, open })

export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && brand in value

const isPlainMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !isSealed(value) &&
  !isSecret(value) &&
  !(value instanceof Scalar)

/** Whether a value has a sealed value at any depth. */
export const holdsSealed = (value: unknown): boolean => {
  if (isSealed(value)) return true
  if (Array.isArray(value)) return value.some(holdsSealed)
  return isPlainMap(value) && Object.values(value).some(holdsSealed)
}

/**
 * Opens everything in a value.
 *
 * @param leaf converts each opened value.
 */
export const openAll = async (
  value: unknown,
  keys: Keyring,
  leaf: (opened: unknown) => unknown = (opened) => opened,
): Promise<unknown> => {
  if (isSealed(value)) return leaf(await keys.once(value, () => value.open(keys)))
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (const item of value) items.push(await openAll(item, keys, leaf))
    return items
  }
  if (!isPlainMap(value)) return value
  // one after another: prompts come in the order of the values
  const entries: [string, unknown][] = []
  for (const [key, item] of Object.entries(value)) entries.push([key, await openAll(item, keys, leaf)])
  return Object.fromEntries(entries)
}

/**
 * The secrets in an encrypted value: its texts and numbers. Booleans and null are not secret, and masking those words
 * everywhere would make the output unreadable.
 */
export const secretsIn = (value: unknown): Secret[] => {
  if (isSecret(value)) return [value]
  if (value instanceof Scalar) return typeof value.value === 'boolean' ? [] : [new Secret(value.text)]
  if (typeof value === 'string' || typeof value === 'number') return [new Secret(String(value))]
  if (Array.isArray(value)) return value.flatMap(secretsIn)
  return isPlainMap(value) ? Object.values(value).flatMap(secretsIn) : []
}
