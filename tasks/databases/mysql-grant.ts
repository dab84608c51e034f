import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { accountParams, accountText, accountTitle } from './mysql/accounts.ts'
import { noClient, readLines, runSql, serverParams } from './mysql/client.ts'
import { grantsIn, scopeOf, scopeText } from './mysql/grants.ts'
import type { Grant } from './mysql/grants.ts'
import { keyword, my, sqlName } from './sql/sql-text.ts'

const params = () =>
  z
    .object({
      ...accountParams,
      database: sqlName('a database')
        .optional()
        .describe('the database; by default the privileges count for the entire server'),
      table: sqlName('a table').optional().describe('the table of the database; by default all of them'),
      privileges: words()
        .transform((list) => list.map((one) => one.toUpperCase()))
        .pipe(
          z.array(z.string().regex(/^[A-Z_]+(?: [A-Z_]+)*$/, 'must be a privilege such as SELECT')).min(1),
        )
        .describe('privileges such as SELECT or CREATE VIEW; all for all of them'),
      grantOption: flag().default(false).describe('whether the user can grant them to others'),
      exact: flag()
        .default(false)
        .describe('revoke all other privileges on the same database, table or server from the user'),
      state: z.enum(['present', 'absent']).default('present').describe('absent revokes them'),
      ...serverParams,
    })
    .refine(({ table, database }) => table === undefined || database !== undefined, {
      message: 'a table needs a database',
      path: ['table'],
    })
    .refine(({ exact, state }) => !exact || state === 'present', {
      message: 'cannot be combined with state absent',
      path: ['exact'],
    })
type Params = z.output<ReturnType<typeof params>>

const read = async (ctx: CheckContext, given: Params): Promise<readonly Grant[] | undefined> => {
  const lines = await readLines(ctx, given, my`SHOW GRANTS FOR ${accountText(given)}`, 'the grants')
  return lines?.flatMap((line) => grantsIn(line) ?? [])
}

const isAll = (privilege: string): boolean => privilege === 'ALL' || privilege === 'ALL PRIVILEGES'

/** The privileges to grant, or to revoke. */
const wrongIn = (found: readonly Grant[], given: Params): readonly string[] => {
  const its = found.filter(({ scope }) => scope === scopeOf(given))
  const has = new Set(its.flatMap(({ privileges }) => privileges))
  const wanted = given.privileges.some(isAll) ? ['ALL PRIVILEGES'] : given.privileges
  const option = its.some(({ grantOption }) => grantOption)
  if (given.state === 'absent') {
    const all = has.has('ALL PRIVILEGES')
    if (wanted.some(isAll)) return all || [...has].some((one) => one !== 'USAGE') ? wanted : []
    return wanted.filter((one) => all || has.has(one))
  }
  const missing = wanted.filter((one) => !has.has('ALL PRIVILEGES') && !has.has(one))
  return [...missing, ...(given.grantOption && !option ? ['GRANT OPTION'] : [])]
}

/**
 * With `exact`, the privileges to revoke; all of them where only some of all are wanted.
 *
 * @throws `task-failed` if there are privileges on columns, which are not revoked.
 */
const surplusIn = (found: readonly Grant[], given: Params): readonly string[] => {
  if (!given.exact) return []
  const its = found.filter(({ scope }) => scope === scopeOf(given))
  const has = [...new Set(its.flatMap(({ privileges }) => privileges))].filter((one) => one !== 'USAGE')
  const option = !given.grantOption && its.some(({ grantOption }) => grantOption) ? ['GRANT OPTION'] : []
  if (given.privileges.some(isAll)) return option
  const columns = its.flatMap((one) => one.columns)
  if (columns.length > 0)
    throw new CoxswainError(
      'task-failed',
      `${accountTitle(given)} also has privileges on columns of ${scopeOf(given)}: ${columns.join(', ')}`,
      { hint: 'revoke them first, with REVOKE in SQL, or leave exact out' },
    )
  return [...has.filter((one) => !given.privileges.includes(one)), ...option]
}

/** Grants privileges of MySQL or MariaDB to a user, or revokes them. */
export const mysqlGrant = defineTask({
  name: 'mysql-grant',
  description:
    'Grants privileges on a database of MySQL or MariaDB, a table or the server to a user, or revokes them. Other privileges stay, unless exact is set.',
  reads: 'mysql: SHOW GRANTS',
  example: { user: 'shop', database: 'shop', privileges: 'all' },
  params,
  title: (given) =>
    `${given.state === 'absent' ? 'revoke' : 'grant'} ${given.privileges.join(', ')} on ${scopeOf(given)} ${given.state === 'absent' ? 'from' : 'to'} ${accountTitle(given)}`,

  async check(ctx, given) {
    const found = await read(ctx, given)
    if (found === undefined) return unknown(noClient)
    if (found.length === 0 && given.state === 'present')
      return unknown(`the user ${accountTitle(given)} does not exist yet`)
    const list = wrongIn(found, given).join(', ')
    const surplus = surplusIn(found, given).join(', ')
    const what = `${accountTitle(given)} on ${scopeOf(given)}`
    const taken = given.state === 'absent' ? list : surplus
    return driftUnlessEmpty([
      ...(taken === '' ? [] : [{ what, from: taken, to: undefined }]),
      ...(given.state === 'absent' || list === '' ? [] : [{ what, to: list }]),
    ])
  },

  async apply(ctx, given) {
    const found = (await read(ctx, given)) ?? []
    if (found.length === 0)
      throw new CoxswainError('task-failed', `the user ${accountTitle(given)} does not exist`, {
        hint: 'create it first: mysql-user',
      })
    const surplus = surplusIn(found, given)
    // of all privileges, those that stay are granted again
    const fromAll = surplus.includes('ALL PRIVILEGES')
    const wrong = fromAll
      ? [...given.privileges, ...(given.grantOption ? ['GRANT OPTION'] : [])]
      : wrongIn(found, given)
    const list = wrong.filter((one) => one !== 'GRANT OPTION').map(keyword)
    const scope = scopeText(given)
    const account = accountText(given)
    const usage = list.length === 0 ? [keyword('USAGE')] : list
    const option = wrong.includes('GRANT OPTION') ? my` WITH GRANT OPTION` : my``
    const grants = wrong.length === 0 ? [] : [my`GRANT ${usage} ON ${scope} TO ${account}${option}`]
    const revoked = surplus.map(keyword)
    // no other privilege can be named together with all of them
    const lists = fromAll ? revoked.map((one) => [one]) : revoked.length === 0 ? [] : [revoked]
    const revokes = lists.map((one) => my`REVOKE ${one} ON ${scope} FROM ${account}`)
    await runSql(
      ctx,
      given,
      given.state === 'absent'
        ? [my`REVOKE ${list} ON ${scope} FROM ${account}`]
        : fromAll
          ? [...revokes, ...grants]
          : [...grants, ...revokes],
      `the privileges of ${accountTitle(given)}`,
    )
  },
})
