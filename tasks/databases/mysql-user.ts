import { randomBytes } from 'node:crypto'
import {
  CoxswainError,
  Secret,
  defineTask,
  driftUnlessEmpty,
  secret,
  unknown,
  z,
} from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { accountParams, accountText, accountTitle, nativeHash } from './mysql/accounts.ts'
import { cachingHash, saltOf } from './mysql/caching-sha2.ts'
import { noClient, readLines, runSql, serverParams } from './mysql/client.ts'
import { isHashOf, passwordPlugins, pluginFor, serverKindOf, serverKindSql } from './mysql/plugins.ts'
import type { ServerKind } from './mysql/plugins.ts'
import { SqlText, my } from './sql/sql-text.ts'

const params = () =>
  z
    .object({
      ...accountParams,
      user: z
        .union([accountParams.user, z.literal('')])
        .describe('the user; with state=absent it can be empty, for users without a name'),
      password: secret()
        .optional()
        .describe(
          'the password; without one, a new user of localhost logs in as the user of the system with the same name',
        ),
      plugin: z
        .enum(passwordPlugins)
        .optional()
        .describe(
          'how the server keeps the password; unchanged by default, and for a new user mysql_native_password where the server has it active (MariaDB, MySQL before 8.4), otherwise caching_sha2_password',
        ),
      tls: z
        .enum(['none', 'required', 'certificate'])
        .optional()
        .describe(
          'whether the user must connect with TLS, or with a certificate of its own as well; unchanged by default, and none for a new user',
        ),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the user'),
      ...serverParams,
    })
    .refine(({ user, state }) => user !== '' || state === 'absent', {
      message: 'a user without a name can only be removed: anyone could log in as it',
      path: ['user'],
    })
    .refine(({ plugin, password }) => plugin === undefined || password !== undefined, {
      message: 'is for a user with a password',
      path: ['plugin'],
    })
type Params = z.output<ReturnType<typeof params>>

/** What REQUIRE of SQL says, and what the server then keeps as `ssl_type`. */
const requirements = {
  none: { sql: my` REQUIRE NONE`, kept: 'NONE' },
  required: { sql: my` REQUIRE SSL`, kept: 'ANY' },
  certificate: { sql: my` REQUIRE X509`, kept: 'X509' },
} as const

interface Kept {
  readonly plugin: string
  readonly tls: string
  /** What the server keeps of the password. */
  readonly hash: Buffer
}

/** What the server keeps of the account: undefined if it does not exist, or `no client`. */
const read = async (ctx: CheckContext, given: Params): Promise<Kept | undefined | 'no client'> => {
  const { user, host } = given
  const sql = my`SELECT CONCAT(plugin, ' ', IF(ssl_type = '', 'NONE', ssl_type), ' ', HEX(COALESCE(authentication_string, ''))) FROM mysql.user WHERE BINARY User = ${user} AND Host = ${host}`
  const lines = await readLines(ctx, given, sql, 'the users')
  if (lines === undefined) return 'no client'
  const [plugin, tls = '', hash = ''] = lines[0]?.split(' ') ?? []
  return plugin === undefined ? undefined : { plugin, tls, hash: Buffer.from(hash, 'hex') }
}

/** The changes of an account that exists. */
const changesOf = (found: Kept, given: Params, server: ServerKind): Change[] => {
  const { password, plugin, tls } = given
  const what = `user ${accountTitle(given)}`
  const kept = found.plugin === '' ? 'mysql_native_password' : found.plugin
  const wanted = password && pluginFor(server, plugin, kept)
  return [
    ...(password === undefined || (wanted === kept && isHashOf(kept, found.hash, password.reveal()))
      ? []
      : [{ what: `password of ${what}`, from: new Secret(''), to: new Secret('') }]),
    ...(wanted === undefined || wanted === kept
      ? []
      : [{ what: `plugin of ${what}`, from: kept, to: wanted }]),
    ...(tls === undefined || requirements[tls].kept === found.tls
      ? []
      : [{ what: `TLS of ${what}`, from: found.tls.toLowerCase(), to: tls }]),
  ]
}

/** What the server is asked for, if the password matters. */
const serverFor = async (ctx: CheckContext, given: Params): Promise<ServerKind> => {
  const lines =
    given.state === 'absent' ? undefined : await readLines(ctx, given, serverKindSql, 'the version')
  return serverKindOf(lines?.[0] ?? '')
}

/** @throws `task-failed` for a new user that anyone could log in as. */
const refuseOpen = ({ user, host, password }: Params): void => {
  if (password !== undefined || host === 'localhost') return
  throw new CoxswainError('task-failed', `a new user ${user}@${host} needs a password`, {
    hint: 'only a user of localhost can log in as the user of the system with the same name',
  })
}

/** How a password, or without one the user of the system, is sent. */
const identifiedBy = (server: ServerKind, { password, plugin }: Params, kept?: string): SqlText => {
  if (password === undefined)
    return server.mariadb ? my` IDENTIFIED VIA unix_socket` : my` IDENTIFIED WITH auth_socket`
  // what is sent is what the server keeps: no log of it has the password
  if (pluginFor(server, plugin, kept) === 'caching_sha2_password') {
    const hash = cachingHash(password.reveal(), saltOf(randomBytes(20)))
    return my` IDENTIFIED WITH caching_sha2_password AS ${new SqlText(`0x${hash.toString('hex')}`, true)}`
  }
  const hash = new Secret(nativeHash(password.reveal()))
  return server.mariadb
    ? my` IDENTIFIED BY PASSWORD ${hash}`
    : my` IDENTIFIED WITH mysql_native_password AS ${hash}`
}

/** Creates a user of MySQL or MariaDB with its password, or removes it. */
export const mysqlUser = defineTask({
  name: 'mysql-user',
  description:
    'Creates a user of MySQL or MariaDB with its password, kept as mysql_native_password or caching_sha2_password, and says whether it must use TLS; or removes it.',
  reads: 'mysql: mysql.user, the version, and which plugins are active',
  example: { user: 'shop', password: 'correct horse' },
  params,
  title: (given) => `${given.state === 'absent' ? 'no ' : ''}MySQL user ${accountTitle(given)}`,

  async check(ctx, given) {
    const found = await read(ctx, given)
    if (found === 'no client') return unknown(noClient)
    const what = `user ${accountTitle(given)}`
    if (given.state === 'absent')
      return driftUnlessEmpty(found === undefined ? [] : [{ what, from: 'present', to: undefined }])
    const server = await serverFor(ctx, given)
    if (found !== undefined) return driftUnlessEmpty(changesOf(found, given, server))
    refuseOpen(given)
    if (given.password !== undefined) pluginFor(server, given.plugin)
    return driftUnlessEmpty([{ what, to: 'created' }])
  },

  async apply(ctx, given) {
    const { state, tls } = given
    const account = accountText(given)
    const found = await read(ctx, given)
    const server = await serverFor(ctx, given)
    const before = found === 'no client' ? undefined : found
    if (before === undefined && state === 'present') refuseOpen(given)
    const changes = before === undefined ? [] : changesOf(before, given, server)
    const isIdentified = before === undefined || changes.some(({ what }) => !what.startsWith('TLS'))
    const identified = isIdentified ? identifiedBy(server, given, before?.plugin) : my``
    const required = tls === undefined ? my`` : requirements[tls].sql
    const statement =
      state === 'absent'
        ? my`DROP USER IF EXISTS ${account}`
        : before === undefined
          ? my`CREATE USER ${account}${identified}${required}`
          : my`ALTER USER ${account}${identified}${required}`
    const nothing = state === 'present' && before !== undefined && changes.length === 0
    if (!nothing) await runSql(ctx, given, [statement], `the user ${accountTitle(given)}`)
  },
})
