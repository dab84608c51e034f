import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { flag, secret } from '../dsl/schema.ts'
import { CoxswainError } from '../errors.ts'
import { parseVariables, placeOf } from './parse.ts'
import type { Setting } from './settings.ts'
import type { Host, Variable } from './types.ts'

/** How to reach a host and whom to become there, as its variables say. */
const reachSchema = z.object({
  address: z.string().optional(),
  port: z.coerce.number().int().min(1).max(65_535).optional(),
  user: z.string().optional(),
  private_key_file: z.string().optional(),
  known_hosts_file: z.string().optional(),
  password: secret().optional(),
  passphrase: secret().optional(),
  connection: z.enum(['ssh', 'local']).optional(),
  connect_timeout: z.coerce.number().positive().optional(),
  become: flag().optional(),
  become_user: z.string().optional(),
  become_password: secret().optional(),
} satisfies Record<Setting, z.ZodType>)

export type Reach = z.output<typeof reachSchema>

const paths = new Set(['private_key_file', 'known_hosts_file'])

/** A path in an inventory: `~` is the home folder here; a relative one starts at the inventory's folder. */
const located = ({ value, place, base }: Variable): unknown => {
  if (typeof value !== 'string') return value
  if (value === '~' || value.startsWith('~/')) return `${homedir()}${value.slice(1)}`
  return place.file.startsWith('-e ') ? value : resolve(base ?? dirname(place.file), value)
}

/**
 * The settings for reaching a host.
 *
 * @throws `inventory-invalid` at the place of a value that makes no sense.
 */
export const reachOf = ({ name, settings }: Pick<Host, 'name' | 'settings'>): Reach => {
  const given = new Map(
    [...settings].map(([key, variable]) => [
      key,
      paths.has(key) ? { value: located(variable), place: variable.place } : variable,
    ]),
  )
  const parsed = parseVariables(reachSchema, given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const key = String(issue?.path[0] ?? '')
  const variable = given.get(key)
  throw new CoxswainError('inventory-invalid', `${key}: ${issue?.message ?? 'makes no sense'}`, {
    host: name,
    place: variable && placeOf(reachSchema, given, variable),
  })
}
