/** What settings of a project can be, and the errors of those that are not. */
import { z } from 'zod'
import { hostKeyCheckings } from '../../connection/types.ts'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import { ansibleNamesOf, settingWith } from '../../inventory/variables/setting-names.ts'
import { eventTypes } from '../../report/json-events.ts'
import type { EventLine } from '../../report/json-events.ts'
import { shownWord } from '../../secret.ts'

/** A function that is called with events of a run. */
export type Hook = (event: EventLine) => unknown

const hook = z.custom<Hook>((value) => typeof value === 'function', 'must be a function')
const value = z.union([z.string(), z.number(), z.boolean()], 'must be a string, a number, true or false')
const paths = z.array(z.string().min(1))

const byName = <Schema extends z.ZodType>(names: readonly string[], schema: Schema) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, schema.optional()])))

/** Settings of connections that a project can have. */
const connectionNames = [
  'port',
  'user',
  'private_key_file',
  'known_hosts_file',
  'ssh_config',
  'ssh_args',
  'ssh_common_args',
  'ssh_extra_args',
  'proxy_jump',
  'forward_agent',
  'connection',
  'connect_timeout',
  'become',
  'become_method',
  'become_user',
  'become_timeout',
] as const

const connection = byName(connectionNames, value)
const hooks = byName(eventTypes, hook)

export const configSchema = z.strictObject({
  inventories: paths.optional(),
  playbooks: z.string().min(1).optional(),
  tasks: paths.optional(),
  forks: z.number().int().min(1).optional(),
  hostKeyChecking: z.enum(hostKeyCheckings).optional(),
  connection: connection.optional(),
  outputs: z.array(z.string()).optional(),
  ageKeyFiles: paths.optional(),
  vaultPasswordFiles: paths.optional(),
  vaultIds: z.array(z.string()).optional(),
  recipients: paths.optional(),
  hooks: hooks.optional(),
})

/** Settings of a project, as they are written. */
export type CheckedConfig = z.output<typeof configSchema>

/** The name of each setting. */
export const configKeys: readonly string[] = Object.keys(configSchema.shape)

/** What an object of the settings can hold, by its path. */
const keysAt = (path: string): readonly string[] => {
  if (path === 'connection') return connectionNames
  return path === 'hooks' ? eventTypes : configKeys
}

const passwords = new Set(
  (['password', 'passphrase', 'become_password'] as const).flatMap((name) => [name, ...ansibleNamesOf(name)]),
)

const unknownKey = (key: string, path: string): { readonly message: string; readonly hint: string } => {
  const keys = keysAt(path)
  const what = path === '' ? 'setting' : `setting of ${path}`
  if (path === 'connection' && passwords.has(key))
    return {
      message: `${key} is a secret, which settings cannot hold`,
      hint: 'put it into the inventory, encrypted; see the README',
    }
  const ours = path === 'connection' ? settingWith(key)?.[0] : undefined
  const guess = ours ?? nearest(key, keys)
  return {
    message: `there is no ${what} ${shownWord(key)}`,
    hint: `${guess === undefined ? '' : `did you mean ${guess}? `}allowed: ${keys.join(', ')}`,
  }
}

/**
 * Checks settings.
 *
 * @param shown the file, for messages.
 * @param placeOf returns the place of a key in the file.
 * @throws `config-invalid` with the key, what is allowed and the nearest.
 */
export const checkConfig = (
  found: unknown,
  shown: string,
  placeOf: (key: string) => Place,
): CheckedConfig => {
  const parsed = configSchema.safeParse(found)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = (issue?.path ?? []).map(String).join('.')
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    const { message, hint } = unknownKey(key, path)
    throw new CoxswainError('config-invalid', `${shown}: ${message}`, { place: placeOf(key), hint })
  }
  if (path === '')
    throw new CoxswainError('config-invalid', `${shown}: the settings must be an object`, {
      place: placeOf(path),
      hint: 'in coxswain.config.ts, write `export default defineConfig({ … })`',
    })
  const [key = ''] = path.split('.')
  throw new CoxswainError('config-invalid', `${shown}: ${path}: ${issue?.message ?? 'is not valid'}`, {
    place: placeOf(key),
    hint: `see the type of ${key} in your editor, or docs/settings.md`,
  })
}
