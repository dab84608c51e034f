import { Secret, defineTask, driftUnlessEmpty, flag, secret, unknown, words, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { NotYet, readRows, runSql, serverParams } from './postgresql/client.ts'
import { isPassword, newVerifier } from './postgresql/scram.ts'
import { joined, keyword, name as named, pg, sqlName } from './sql/sql-text.ts'
import type { SqlText } from './sql/sql-text.ts'

const row = z.object({
  superuser: z.boolean(),
  createDb: z.boolean(),
  createRole: z.boolean(),
  login: z.boolean(),
  replication: z.boolean(),
  connections: z.number(),
  password: z.string().nullable(),
  memberOf: z.array(z.string()),
})
type Row = z.output<typeof row>

const sqlWords = {
  superuser: 'SUPERUSER',
  createDb: 'CREATEDB',
  createRole: 'CREATEROLE',
  login: 'LOGIN',
  replication: 'REPLICATION',
} as const
type Attribute = keyof typeof sqlWords
const attributes: readonly Attribute[] = ['superuser', 'createDb', 'createRole', 'login', 'replication']

const params = () =>
  z.object({
    name: sqlName('a name').describe('the user, which PostgreSQL calls a role'),
    password: secret()
      .optional()
      .describe('the password; only what the server keeps of it (SCRAM-SHA-256) is sent there'),
    superuser: flag().optional().describe('whether every check of permissions is left out for it'),
    createDb: flag().optional().describe('whether it can create databases'),
    createRole: flag().optional().describe('whether it can create roles'),
    login: flag().optional().describe('whether it can log in; a new user can by default'),
    replication: flag().optional().describe('whether it can replicate the server'),
    connections: z.coerce
      .number<number | string>()
      .int()
      .min(-1)
      .optional()
      .describe('how many connections it can have at the same time; -1 is any number'),
    memberOf: words().default([]).describe('roles that it is a member of; others that it has stay'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent removes it; the server refuses that while it owns something'),
    ...serverParams,
  })
type Params = z.output<ReturnType<typeof params>>

const read = async (ctx: CheckContext, given: Params): Promise<Row | undefined | NotYet> => {
  const sql = pg`SELECT json_build_object('superuser', rolsuper, 'createDb', rolcreatedb, 'createRole', rolcreaterole,
'login', rolcanlogin, 'replication', rolreplication, 'connections', rolconnlimit, 'password', rolpassword, 'memberOf',
(SELECT coalesce(json_agg(g.rolname), '[]') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = a.oid))
FROM pg_authid a WHERE rolname = ${given.name};`
  const rows = await readRows(ctx, given, 'postgres', sql, 'the roles', true)
  if (rows instanceof NotYet) return rows
  return rows[0] === undefined ? undefined : row.parse(rows[0])
}

const needsPassword = (found: Row | undefined, { name, password }: Params): boolean =>
  password !== undefined && !isPassword(found?.password ?? '', name, password.reveal())

const wrongAttributes = (found: Row, given: Params): Attribute[] =>
  attributes.filter((key) => given[key] !== undefined && given[key] !== found[key])

const missingRoles = (found: Row | undefined, { memberOf }: Params): string[] =>
  memberOf.filter((one) => found?.memberOf.includes(one) !== true)

const changesFor = (found: Row | undefined, given: Params): Change[] => {
  const { name, connections } = given
  const what = `role ${name}`
  if (given.state === 'absent') return found === undefined ? [] : [{ what, from: 'present', to: undefined }]
  if (found === undefined) return [{ what, to: 'created' }]
  return [
    ...wrongAttributes(found, given).map((key) => ({
      what: `${key} of ${what}`,
      from: String(found[key]),
      to: String(given[key]),
    })),
    ...(connections === undefined || connections === found.connections
      ? []
      : [{ what: `connections of ${what}`, from: String(found.connections), to: String(connections) }]),
    ...(needsPassword(found, given)
      ? [{ what: `password of ${what}`, from: new Secret(''), to: new Secret('') }]
      : []),
    ...missingRoles(found, given).map((one) => ({
      what: `${what} in ${one}`,
      from: 'no member',
      to: 'member',
    })),
  ]
}

/** The options of CREATE ROLE or ALTER ROLE. */
const optionsOf = (found: Row | undefined, given: Params): SqlText[] => {
  const wanted = found === undefined ? { ...given, login: given.login ?? true } : given
  const { password, connections } = given
  return [
    ...attributes.flatMap((key) =>
      wanted[key] === undefined ? [] : [keyword(`${wanted[key] ? '' : 'NO'}${sqlWords[key]}`)],
    ),
    ...(connections === undefined ? [] : [pg`CONNECTION LIMIT ${connections}`]),
    ...(password !== undefined && needsPassword(found, given)
      ? [pg`PASSWORD ${new Secret(newVerifier(password.reveal()))}`]
      : []),
  ]
}

/** Creates a user of PostgreSQL, sets its password and rights, or removes it. */
export const postgresqlUser = defineTask({
  name: 'postgresql-user',
  description: 'Creates a user (role) of PostgreSQL, sets its password and attributes, or removes it.',
  reads: 'psql: pg_authid and pg_auth_members',
  example: { name: 'shop', password: 'correct horse' },
  params,
  title: ({ name, state }) => `${state === 'absent' ? 'no ' : ''}PostgreSQL user ${name}`,

  async check(ctx, given) {
    const found = await read(ctx, given)
    return found instanceof NotYet ? unknown(found.why) : driftUnlessEmpty(changesFor(found, given))
  },

  async apply(ctx, given) {
    const { name, state } = given
    const seen = await read(ctx, given)
    const found = seen instanceof NotYet ? undefined : seen
    const role = named(name)
    const options = optionsOf(found, given)
    const statements = [
      ...(found === undefined ? [joined([pg`CREATE ROLE ${role}`, ...options], ' ')] : []),
      ...(found !== undefined && options.length > 0
        ? [joined([pg`ALTER ROLE ${role}`, ...options], ' ')]
        : []),
      ...missingRoles(found, given).map((one) => pg`GRANT ${named(one)} TO ${role}`),
    ]
    await runSql(
      ctx,
      given,
      'postgres',
      state === 'absent' ? [pg`DROP ROLE IF EXISTS ${role}`] : statements,
      `the role ${name}`,
    )
  },
})
