import { isSecret, mask } from '../../secret.ts'
import { looksSecretName } from '../place.ts'
import { isSealed } from '../secrets/sealed.ts'

/**
 * A value for people to look at: what is a secret, or has a name that says so, is masked, however deep it lies.
 *
 * @param secrets more names that are those of secrets.
 * @example
 * masked('registry', { user: 'ops', token: 'abc' })  // { user: 'ops', token: '********' }
 */
export const masked = (name: string, value: unknown, secrets: ReadonlySet<string> = new Set()): unknown => {
  if (isSecret(value) || isSealed(value)) return mask
  if (value === null || value === undefined || value === '') return value
  if (secrets.has(name) || looksSecretName(name)) return mask
  if (Array.isArray(value)) return value.map((item: unknown) => masked('', item, secrets))
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(key, item, secrets)]))
}
