/** How MySQL and MariaDB keep passwords: which plugins a server has, and what they keep. Pure. */
import { CoxswainError } from '../../../engine/index.ts'
import { my } from '../sql/sql-text.ts'
import { nativeHash } from './accounts.ts'
import { isCachingHash } from './caching-sha2.ts'

/** The plugins whose hashes are made here. */
export const passwordPlugins = ['mysql_native_password', 'caching_sha2_password'] as const
export type PasswordPlugin = (typeof passwordPlugins)[number]

/** What a server is, as far as passwords go. */
export interface ServerKind {
  readonly mariadb: boolean
  /** Whether mysql_native_password is active: MySQL 8.4 has it off by default, 9.0 does not have it. */
  readonly native: boolean
}

/** The query for it. */
export const serverKindSql = my`SELECT VERSION() LIKE '%MariaDB%', COUNT(*) FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'mysql_native_password' AND PLUGIN_STATUS = 'ACTIVE'`

/** The server of a line of the answer. */
export const serverKindOf = (line: string): ServerKind => {
  const [mariadb, native] = line.split(/\s/)
  return { mariadb: mariadb === '1', native: native !== '0' }
}

/**
 * The plugin of a password: the one that is asked for, the one that keeps it now, or what the server has.
 *
 * @throws `task-failed` for one that is asked for, and that the server does not have.
 */
export const pluginFor = (
  { mariadb, native }: ServerKind,
  asked: PasswordPlugin | undefined,
  kept?: string,
): PasswordPlugin => {
  if (asked === 'caching_sha2_password' && mariadb)
    throw new CoxswainError('task-failed', 'MariaDB does not have the plugin caching_sha2_password', {
      hint: 'leave plugin out, or set it to mysql_native_password',
    })
  if (asked === 'mysql_native_password' && !native)
    throw new CoxswainError('task-failed', 'the plugin mysql_native_password is not active on the server', {
      hint: 'leave plugin out, set it to caching_sha2_password, or turn the plugin on in the settings of the server',
    })
  // a user whose plugin is not active cannot log in
  const before = passwordPlugins.find((one) => one === kept && (native || one !== 'mysql_native_password'))
  return asked ?? before ?? (native ? 'mysql_native_password' : 'caching_sha2_password')
}

/** Whether what a plugin keeps is that of a password. */
export const isHashOf = (plugin: string, kept: Buffer, password: string): boolean => {
  if (plugin === 'mysql_native_password') return kept.toString('latin1') === nativeHash(password)
  return plugin === 'caching_sha2_password' && isCachingHash(kept, password)
}
