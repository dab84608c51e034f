import { CoxswainError, defineTask, driftUnlessEmpty, unknown, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { NotYet, readRows, runSql, serverParams } from './postgresql/client.ts'
import { keyword, name as named, pg, sqlName } from './sql/sql-text.ts'
import type { SqlText } from './sql/sql-text.ts'

/** The privileges of each kind of object, which `all` stands for. */
const kinds = {
  database: ['CREATE', 'CONNECT', 'TEMPORARY'],
  schema: ['USAGE', 'CREATE'],
  tables: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
  sequences: ['USAGE', 'SELECT', 'UPDATE'],
} as const
type Kind = keyof typeof kinds

const isPrivilege = (on: Kind, word: string): boolean => kinds[on].some((one) => one === word)

const params = () =>
  z
    .object({
      role: sqlName('a role').describe('the role, or public for all roles'),
      database: sqlName('a database').describe('the database'),
      on: z
        .enum(['database', 'schema', 'tables', 'sequences'])
        .default('database')
        .describe(
          'what the privileges are for: the database, its schema, or tables or sequences in the schema',
        ),
      schema: sqlName('a schema').default('public').describe('the schema'),
      names: words()
        .default([])
        .describe('tables or sequences; by default all that are in the schema at that time'),
      privileges: words()
        .transform((list) => list.map((one) => one.toUpperCase()))
        .describe('privileges such as SELECT; all for all of them'),
      state: z.enum(['present', 'absent']).default('present').describe('absent revokes them'),
      ...serverParams,
    })
    .refine(({ on, privileges }) => privileges.every((one) => one === 'ALL' || isPrivilege(on, one)), {
      error: ({ input }) => `not privileges of ${JSON.stringify(input)}`,
      path: ['privileges'],
    })
    .refine(({ on, names }) => names.length === 0 || on === 'tables' || on === 'sequences', {
      message: 'names are for tables and sequences',
      path: ['names'],
    })
type Params = z.output<ReturnType<typeof params>>

const row = z.object({ role: z.boolean(), name: z.string(), has: z.array(z.string()) })
type Row = z.output<typeof row>

const wantedOf = ({ on, privileges }: Params): readonly string[] =>
  privileges.includes('ALL') ? kinds[on] : privileges

/** The objects with their access control lists, default ones included. */
const objectsOf = ({ on, schema, names }: Params): SqlText => {
  if (on === 'database')
    return pg`SELECT datname AS name, coalesce(datacl, acldefault('d', datdba)) AS acl FROM pg_database WHERE datname = current_database()`
  if (on === 'schema')
    return pg`SELECT nspname AS name, coalesce(nspacl, acldefault('n', nspowner)) AS acl FROM pg_namespace WHERE nspname = ${schema}`
  const [letter, relations] = on === 'tables' ? [pg`'r'`, pg`'r', 'p', 'v', 'm', 'f'`] : [pg`'s'`, pg`'S'`]
  const among = names.length === 0 ? pg`true` : pg`relname IN (${names.map((one) => pg`${one}`)})`
  return pg`SELECT relname AS name, coalesce(relacl, acldefault(${letter}, relowner)) AS acl FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = ${schema} AND relkind IN (${relations}) AND ${among}`
}

const read = async (ctx: CheckContext, given: Params): Promise<readonly Row[] | NotYet> => {
  const { role, database, names, on, schema } = given
  const sql = pg`SELECT json_build_object('role', ${role} = 'public' OR EXISTS (SELECT FROM pg_roles WHERE rolname = ${role}),
'name', o.name, 'has', (SELECT coalesce(json_agg(DISTINCT x.privilege_type), '[]') FROM aclexplode(o.acl) x
WHERE x.grantee = CASE WHEN ${role} = 'public' THEN 0 ELSE (SELECT oid FROM pg_roles WHERE rolname = ${role}) END))
FROM (${objectsOf(given)}) o ORDER BY o.name;`
  const rows = await readRows(ctx, given, database, sql, 'the privileges')
  if (rows instanceof NotYet) return rows
  const found = rows.map((one) => row.parse(one))
  if (found.some((one) => !one.role)) return new NotYet(`the role ${role} does not exist yet`)
  if (on === 'schema' && found.length === 0) return new NotYet(`the schema ${schema} does not exist yet`)
  const missing = names.filter((one) => !found.some(({ name }) => name === one))
  return missing.length === 0 ? found : new NotYet(`${missing.join(', ')} does not exist in ${schema} yet`)
}

/** For each object the privileges to grant or revoke. */
const wrongIn = (found: readonly Row[], given: Params) =>
  found.flatMap(({ name, has }) => {
    const wrong = wantedOf(given).filter((one) => has.includes(one) === (given.state === 'absent'))
    return wrong.length === 0 ? [] : [{ name, wrong }]
  })

const objectText = ({ on, schema }: Params, name: string): SqlText => {
  if (on === 'database') return pg`DATABASE ${named(name)}`
  if (on === 'schema') return pg`SCHEMA ${named(name)}`
  const kind = keyword(on === 'tables' ? 'TABLE' : 'SEQUENCE')
  return pg`${kind} ${named(schema)}.${named(name)}`
}

/** Grants privileges of PostgreSQL to a role, or revokes them. */
export const postgresqlGrant = defineTask({
  name: 'postgresql-grant',
  description:
    'Grants privileges on a database of PostgreSQL, a schema, tables or sequences to a role, or revokes them. Other privileges stay.',
  reads: 'psql: the access control lists of the objects',
  example: { role: 'public', database: 'postgres', privileges: 'CONNECT' },
  params,
  title: ({ role, on, database, privileges, state }) =>
    `${state === 'absent' ? 'revoke' : 'grant'} ${privileges.join(', ')} on ${on === 'database' ? database : `${on} of ${database}`} ${state === 'absent' ? 'from' : 'to'} ${role}`,

  async check(ctx, given) {
    const found = await read(ctx, given)
    if (found instanceof NotYet) return unknown(found.why)
    return driftUnlessEmpty(
      wrongIn(found, given).map(({ name, wrong }) => {
        const list = wrong.join(', ')
        const what = `${given.role} on ${name}`
        return given.state === 'absent' ? { what, from: list, to: undefined } : { what, to: list }
      }),
    )
  },

  async apply(ctx, given) {
    const { role, database, state } = given
    const found = await read(ctx, given)
    if (found instanceof NotYet)
      throw new CoxswainError('task-failed', found.why, { hint: 'create it before this task' })
    const to = role === 'public' ? keyword('PUBLIC') : named(role)
    const statements = wrongIn(found, given).map(({ name, wrong }) => {
      const [list, object] = [wrong.map(keyword), objectText(given, name)]
      return state === 'absent'
        ? pg`REVOKE ${list} ON ${object} FROM ${to}`
        : pg`GRANT ${list} ON ${object} TO ${to}`
    })
    await runSql(ctx, given, database, statements, `the privileges of ${role}`)
  },
})
