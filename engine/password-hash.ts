/** Hashes of passwords, as /etc/shadow has them. */
import { createHash } from 'node:crypto'
import { encrypt } from 'unixcrypt'
import { CoxswainError } from './errors.ts'
import { Secret, isSecret } from './secret.ts'

/** How a password is hashed. */
export interface PasswordHashOptions {
  /**
   * Any text that differs between accounts, such as the name of the user and of the host. The same salt gives the same hash, so that a
   * second run changes nothing. Up to 16 of the letters, digits, `.` and `/` are used as they are, other texts by their SHA-256.
   */
  readonly salt: string
  /** `sha512` by default. */
  readonly method?: 'sha512' | 'sha256'
  /** The number of repetitions of the hash; 5000 by default. */
  readonly rounds?: number
}

const ids = { sha256: '5', sha512: '6' } as const

/** The salt in the alphabet of crypt(5). */
const saltOf = (salt: string): string =>
  /^[\w./]{1,16}$/.test(salt) && !salt.includes('_')
    ? salt
    : createHash('sha256').update(salt).digest('base64').replaceAll('+', '.').slice(0, 16)

/**
 * The hash of a password, for the parameter `password` of the task `user`: SHA-512 or SHA-256 of crypt(5), which each Linux
 * distribution reads.
 *
 * @throws `params-invalid` for an empty salt, or rounds that crypt(5) does not have.
 *
 * @example
 * user({ name: 'ada', password: passwordHash(vars.ada_password, { salt: `ada at ${host.name}` }) })
 */
export const passwordHash = (
  password: Secret | string,
  { salt, method = 'sha512', rounds = 5000 }: PasswordHashOptions,
): Secret => {
  if (salt === '')
    throw new CoxswainError('params-invalid', 'the salt of a password is empty', {
      hint: 'give a text that differs between accounts, such as the name of the user and of the host',
    })
  if (!Number.isInteger(rounds) || rounds < 1000 || rounds > 999_999_999)
    throw new CoxswainError(
      'params-invalid',
      `the rounds of a password must be 1000 to 999999999, not ${rounds}`,
    )
  const plain = isSecret(password) ? password.reveal() : password
  const much = rounds === 5000 ? '' : `rounds=${rounds}$`
  return new Secret(encrypt(plain, `$${ids[method]}$${much}${saltOf(salt)}`))
}
