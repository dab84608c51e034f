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
import { noClient, readLines, runSql, serverParams } from './mysql/client.ts'
import { my } from './sql/sql-text.ts'

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
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the user'),
      ...serverParams,
    })
    .refine(({ user, state }) => user !== '' || state === 'absent', {
      message: 'a user without a name can only be removed: anyone could log in as it',
      path: ['user'],
    })
type Params = z.output<ReturnType<typeof params>>

interface Kept {
  readonly plugin: string
  readonly hash: string
}

/** What the server keeps of the account: undefined if it does not exist, or `no client`. */
const read = async (ctx: CheckContext, given: Params): Promise<Kept | undefined | 'no client'> => {
  const { user, host } = given
  const sql = my`SELECT CONCAT(plugin, ' ', COALESCE(authentication_string, '')) FROM mysql.user WHERE BINARY User = ${user} AND Host = ${host}`
  const lines = await readLines(ctx, given, sql, 'the users')
  if (lines === undefined) return 'no client'
  const [plugin, hash = ''] = lines[0]?.split(' ') ?? []
  return plugin === undefined ? undefined : { plugin, hash }
}

const isWrong = ({ plugin, hash }: Kept, { password }: Params): boolean =>
  password !== undefined &&
  !((plugin === 'mysql_native_password' || plugin === '') && hash === nativeHash(password.reveal()))

/** @throws `task-failed` for a new user that anyone could log in as. */
const refuseOpen = ({ user, host, password }: Params): void => {
  if (password !== undefined || host === 'localhost') return
  throw new CoxswainError('task-failed', `a new user ${user}@${host} needs a password`, {
    hint: 'only a user of localhost can log in as the user of the system with the same name',
  })
}

/** Creates a user of MySQL or MariaDB with its password, or removes it. */
export const mysqlUser = defineTask({
  name: 'mysql-user',
  description:
    'Creates a user of MySQL or MariaDB with its password, or removes it. Its password is kept as mysql_native_password.',
  reads: 'mysql: mysql.user',
  example: { user: 'shop', password: 'correct horse' },
  params,
  title: (given) => `${given.state === 'absent' ? 'no ' : ''}MySQL user ${accountTitle(given)}`,

  async check(ctx, given) {
    const found = await read(ctx, given)
    if (found === 'no client') return unknown(noClient)
    const what = `user ${accountTitle(given)}`
    if (given.state === 'absent')
      return driftUnlessEmpty(found === undefined ? [] : [{ what, from: 'present', to: undefined }])
    if (found === undefined) {
      refuseOpen(given)
      return driftUnlessEmpty([{ what, to: 'created' }])
    }
    const change: Change = { what: `password of ${what}`, from: new Secret(''), to: new Secret('') }
    return driftUnlessEmpty(isWrong(found, given) ? [change] : [])
  },

  async apply(ctx, given) {
    const { password, state } = given
    const account = accountText(given)
    const found = await read(ctx, given)
    const isNew = found === undefined || found === 'no client'
    if (isNew && state === 'present') refuseOpen(given)
    const hash = password && new Secret(nativeHash(password.reveal()))
    // what is sent is what the server keeps: no log of it has the password
    const [mariadb] =
      (await readLines(ctx, given, my`SELECT VERSION() LIKE '%MariaDB%'`, 'the version')) ?? []
    const identified =
      hash === undefined
        ? mariadb === '1'
          ? my` IDENTIFIED VIA unix_socket`
          : my` IDENTIFIED WITH auth_socket`
        : mariadb === '1'
          ? my` IDENTIFIED BY PASSWORD ${hash}`
          : my` IDENTIFIED WITH mysql_native_password AS ${hash}`
    const statements =
      state === 'absent'
        ? [my`DROP USER IF EXISTS ${account}`]
        : isNew
          ? [my`CREATE USER ${account}${identified}`]
          : hash === undefined
            ? []
            : [my`ALTER USER ${account}${identified}`]
    await runSql(ctx, given, statements, `the user ${accountTitle(given)}`)
  },
})
