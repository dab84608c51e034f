/** Accounts of MySQL and MariaDB. Pure. */
import { createHash } from 'node:crypto'
import { z } from '../../../engine/index.ts'
import { my, sqlName } from '../sql/sql-text.ts'
import type { SqlText } from '../sql/sql-text.ts'

/** Parameters that name an account. */
export const accountParams = {
  user: sqlName('a user').describe('the user'),
  host: z
    .string()
    .regex(/^[^\p{Cc}]+$/u, 'must be a host')
    .default('localhost')
    .describe('from where the user connects: a host, an address, or a pattern such as % or 10.0.0.%'),
}

/** An account. */
export interface Account {
  readonly user: string
  readonly host: string
}

/** The account in SQL. */
export const accountText = ({ user, host }: Account): SqlText => my`${user}@${host}`

/** The account in a title. */
export const accountTitle = ({ user, host }: Account): string => `${user}@${host}`

const sha1 = (bytes: Buffer | string): Buffer => createHash('sha1').update(bytes).digest()

/** What mysql_native_password keeps of a password. */
export const nativeHash = (password: string): string =>
  password === '' ? '' : `*${sha1(sha1(password)).toString('hex').toUpperCase()}`
