import { isSecret, mask } from '../../secret.ts'
import { looksSecretName } from './secret-name.ts'
import { isSealed } from '../secrets/sealed.ts'

/**
 * A value for output: secrets, and values whose name suggests a secret, are masked at any depth.
 *
 * @param secrets further names of secrets.
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
