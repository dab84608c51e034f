/** What settings in JSON and YAML files have in common: a path of keys, and a value. */
import { isSecret, z } from '../../../engine/index.ts'
import { indexOf } from '../documents/keys.ts'
import type { Key } from '../documents/keys.ts'
import { editParams } from './editing.ts'

/** Whether a value holds a whole number that is not the one that was written. */
const isInexact = (value: unknown): boolean => {
  if (typeof value === 'number')
    return Math.abs(value) < 1e21 && Number.isInteger(value) && !Number.isSafeInteger(value)
  if (typeof value === 'bigint') return true
  return (
    typeof value === 'object' && value !== null && !isSecret(value) && Object.values(value).some(isInexact)
  )
}

/** Parameters of a setting in a tree of maps and lists. */
export const settingParams = z
  .object({
    ...editParams,
    key: z
      .union([
        z.string().regex(/^[^.]+(?:\.[^.]+)*$/, 'keys with dots between them are needed'),
        z.array(z.union([z.string(), z.number().int().min(0)])).min(1),
      ])
      .describe('keys separated by dots, such as server.ports.0; a list if a key contains a dot'),
    value: z
      .unknown()
      .optional()
      .describe(
        'the value: text, a number, true, false, null, a list or a map; for a secret, neither the new nor the old value is shown',
      ),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ value }) => !isInexact(value), {
    message: 'a whole number beyond 2^53 loses its digits: give it as text',
    path: ['value'],
  })
  .refine(({ value, state }) => value !== undefined || state === 'absent', {
    message: 'a value is needed',
    path: ['value'],
  })

/** A setting, its parameters read. */
export type Setting = z.output<typeof settingParams>

/** The keys of a path. */
export const keysOf = (key: string | readonly Key[]): Key[] =>
  typeof key === 'string' ? key.split('.') : [...key]

/** Words for a title. */
export const keyText = (key: string | readonly Key[]): string =>
  typeof key === 'string' ? key : key.join('.')

/** A value that can be written: secrets as what they are, and whole numbers that a file tells exactly. */
export const plainValue = (value: unknown): unknown => {
  if (isSecret(value)) return value.reveal()
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plainValue(inner)]])),
  )
}

/** What is at a path in plain data; undefined for nothing. */
export const valueIn = (data: unknown, keys: readonly Key[]): unknown =>
  keys.reduce<unknown>((node, key) => {
    if (typeof node !== 'object' || node === null) return undefined
    if (Array.isArray(node)) {
      const index = indexOf(key)
      return index === undefined ? undefined : node[index]
    }
    return Object.hasOwn(node, String(key)) ? Reflect.get(node, String(key)) : undefined
  }, data)
