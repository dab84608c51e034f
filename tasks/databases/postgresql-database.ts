import { CoxswainError, defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { NotYet, readRows, runSql, serverParams } from './postgresql/client.ts'
import { joined, name as named, pg, sqlName } from './sql/sql-text.ts'
import type { SqlText } from './sql/sql-text.ts'

const row = z.object({ owner: z.string(), encoding: z.string(), collate: z.string(), ctype: z.string() })

const params = () =>
  z.object({
    name: sqlName('a name').describe('the database'),
    owner: sqlName('a role').optional().describe('the role that owns it; by default the systemUser'),
    encoding: z
      .string()
      .optional()
      .describe('the encoding of a new database, such as UTF8; cannot be changed'),
    collate: z
      .string()
      .optional()
      .describe('the order of text in a new database, such as de_DE.UTF-8 (LC_COLLATE); cannot be changed'),
    ctype: z
      .string()
      .optional()
      .describe('the kinds of characters in a new database (LC_CTYPE); cannot be changed'),
    template: sqlName('a database').optional().describe('the database that a new one is copied from'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent removes the database with all its data'),
    ...serverParams,
  })
type Params = z.output<ReturnType<typeof params>>

/** The database that the client connects to for work on another one. */
const maintenance = 'postgres'

const read = async (ctx: CheckContext, given: Params): Promise<z.output<typeof row> | undefined | NotYet> => {
  const sql = pg`SELECT json_build_object('owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding),
'collate', datcollate, 'ctype', datctype) FROM pg_database WHERE datname = ${given.name};`
  const rows = await readRows(ctx, given, maintenance, sql, 'the databases')
  if (rows instanceof NotYet) return rows
  return rows[0] === undefined ? undefined : row.parse(rows[0])
}

const plain = (text: string): string => text.toUpperCase().replaceAll(/[-_]/g, '')

/** @throws `task-failed` for what cannot be changed in a database that exists. */
const refuseOther = (found: z.output<typeof row>, given: Params): void => {
  for (const key of ['encoding', 'collate', 'ctype'] as const) {
    const wanted = given[key]
    if (wanted === undefined || plain(wanted) === plain(found[key])) continue
    throw new CoxswainError(
      'task-failed',
      `the ${key} of the database ${given.name} is ${found[key]}, not ${wanted}`,
      {
        hint: 'it cannot be changed: dump the database, remove it, and create it again',
      },
    )
  }
}

const creation = ({ name, owner, encoding, collate, ctype, template }: Params): SqlText =>
  joined(
    [
      pg`CREATE DATABASE ${named(name)}`,
      ...(owner === undefined ? [] : [pg`OWNER ${named(owner)}`]),
      ...(template === undefined ? [] : [pg`TEMPLATE ${named(template)}`]),
      ...(encoding === undefined ? [] : [pg`ENCODING ${encoding}`]),
      ...(collate === undefined ? [] : [pg`LC_COLLATE ${collate}`]),
      ...(ctype === undefined ? [] : [pg`LC_CTYPE ${ctype}`]),
    ],
    ' ',
  )

/** Creates a database of PostgreSQL, or removes it. */
export const postgresqlDatabase = defineTask({
  name: 'postgresql-database',
  description: 'Creates a database of PostgreSQL with its owner, or removes it.',
  reads: 'psql: pg_database',
  example: { name: 'shop' },
  params,
  title: ({ name, state }) => `${state === 'absent' ? 'no ' : ''}PostgreSQL database ${name}`,

  async check(ctx, given) {
    const { name, owner, state } = given
    const found = await read(ctx, given)
    if (found instanceof NotYet) return unknown(found.why)
    const what = `database ${name}`
    if (state === 'absent')
      return driftUnlessEmpty(found === undefined ? [] : [{ what, from: 'present', to: undefined }])
    if (found === undefined) return driftUnlessEmpty([{ what, to: 'created' }])
    refuseOther(found, given)
    const changes: Change[] =
      owner === undefined || owner === found.owner
        ? []
        : [{ what: `owner of ${what}`, from: found.owner, to: owner }]
    return driftUnlessEmpty(changes)
  },

  async apply(ctx, given) {
    const { name, owner, state } = given
    const found = await read(ctx, given)
    const run = (sql: SqlText) => runSql(ctx, given, maintenance, [sql], `the database ${name}`)
    if (state === 'absent') return run(pg`DROP DATABASE IF EXISTS ${named(name)}`)
    if (found === undefined || found instanceof NotYet) return run(creation(given))
    refuseOther(found, given)
    if (owner !== undefined) await run(pg`ALTER DATABASE ${named(name)} OWNER TO ${named(owner)}`)
  },
})
