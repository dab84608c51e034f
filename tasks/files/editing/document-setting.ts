/** Parameters shared by the settings in JSON and YAML files: a path of keys, and a value. */
import { isSecret, z } from '../../../engine/index.ts'
import { indexOf } from '../documents/keys.ts'
import type { Key } from '../documents/keys.ts'
import { editParams } from './editing.ts'

/** Whether a value contains an integer that a number cannot represent exactly. */
const isInexact = (value: unknown): boolean => {
  if (typeof value === 'number')
    return Math.abs(value) < 1e21 && Number.isInteger(value) && !Number.isSafeInteger(value)
  if (typeof value === 'bigint') return true
  return (
    typeof value === 'object' && value !== null && !isSecret(value) && Object.values(value).some(isInexact)
  )
}

/** Parameters of a setting in a tree of maps and lists. */
export const settingParams = () =>
  z
    .object({
      ...editParams,
      key: z
        .union([
          z.string().regex(/^[^.]+(?:\.[^.]+)*$/, 'must be keys separated by dots'),
          z.array(z.union([z.string(), z.number().int().min(0)])).min(1),
        ])
        .describe('keys separated by dots, such as server.ports.0; a list if a key contains a dot'),
      value: z
        .unknown()
        .optional()
        .describe(
          'the value: text, a number, true, false, null, a list or a map; for a secret, neither the new nor the old value is shown',
        ),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the key'),
    })
    .refine(({ value }) => !isInexact(value), {
      message: 'an integer beyond 2^53 loses digits: write it as text',
      path: ['value'],
    })
    .refine(({ value, state }) => value !== undefined || state === 'absent', {
      message: 'a value is needed',
      path: ['value'],
    })

/** A setting, parsed. */
export type Setting = z.output<ReturnType<typeof settingParams>>

/** The keys of a path. */
export const keysOf = (key: string | readonly Key[]): Key[] =>
  typeof key === 'string' ? key.split('.') : [...key]

/** The path for a title. */
export const keyText = (key: string | readonly Key[]): string =>
  typeof key === 'string' ? key : key.join('.')

/** A value that can be written: with secrets revealed, and exact big integers as numbers. */
export const plainValue = (value: unknown): unknown => {
  if (isSecret(value)) return value.reveal()
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plainValue(inner)]])),
  )
}

/** The value at a path in plain data; undefined if there is none. */
export const valueIn = (data: unknown, keys: readonly Key[]): unknown =>
  keys.reduce<unknown>((node, key) => {
    if (typeof node !== 'object' || node === null) return undefined
    if (Array.isArray(node)) {
      const index = indexOf(key)
      return index === undefined ? undefined : node[index]
    }
    return Object.hasOwn(node, String(key)) ? Reflect.get(node, String(key)) : undefined
  }, data)
