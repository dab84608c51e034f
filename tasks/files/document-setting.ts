/** What settings in JSON and YAML files have in common: a path of keys, and a value. */
import { CoxswainError, z } from '../../engine/index.ts'
import { editParams } from './editing.ts'

export type Key = string | number

/** Parameters of a setting in a tree of maps and lists. */
export const settingParams = {
  ...editParams,
  key: z
    .union([z.string().min(1), z.array(z.union([z.string(), z.number().int().min(0)])).min(1)])
    .describe('keys parted by dots, such as server.ports.0; a list where a key has a dot in it'),
  value: z.unknown().optional().describe('its value: text, a number, true, null, a list or a map'),
  state: z.enum(['present', 'absent']).default('present'),
}

/** The keys; what looks like a number may be the place in a list. */
export const keysOf = (key: string | readonly Key[]): Key[] =>
  typeof key === 'string'
    ? key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    : [...key]

/** A value is needed where something shall be. */
export const valueGiven = ({ value, state }: { readonly value?: unknown; readonly state: string }): boolean =>
  value !== undefined || state === 'absent'

/** The error of a file that is no document of its kind. */
export const unreadable = (path: string, kind: string, why: string): CoxswainError =>
  new CoxswainError('task-failed', `${path} is no ${kind}: ${why}`, {
    hint: 'mend it by hand first: what cannot be read is not changed',
  })

/** Words for a title. */
export const keyText = (key: string | readonly Key[]): string =>
  typeof key === 'string' ? key : key.join('.')
