import { defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { Change } from '../../engine/index.ts'
import { NotYet, readRows, runSql, serverParams } from './postgresql/client.ts'
import { joined, name as named, pg, sqlName } from './sql/sql-text.ts'

const row = z.object({ version: z.string(), schema: z.string() })

/** Adds an extension to a database of PostgreSQL, or removes it. */
export const postgresqlExtension = defineTask({
  name: 'postgresql-extension',
  description: 'Adds an extension to a database of PostgreSQL, or removes it.',
  reads: 'psql: pg_extension',
  example: { name: 'plpgsql', database: 'postgres' },
  params: () =>
    z.object({
      name: sqlName('a name').describe('the extension; its files come with a package'),
      database: sqlName('a database').describe('the database'),
      schema: sqlName('a schema').optional().describe('the schema of a new extension'),
      version: z
        .string()
        .optional()
        .describe('its version; by default a new one gets the newest, and others keep theirs'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes it'),
      ...serverParams,
    }),
  title: ({ name, database, state }) =>
    `${state === 'absent' ? 'no ' : ''}PostgreSQL extension ${name} in ${database}`,

  async check(ctx, given) {
    const { name, database, state, version } = given
    const sql = pg`SELECT json_build_object('version', extversion, 'schema', nspname) FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = ${name};`
    const rows = await readRows(ctx, given, database, sql, 'the extensions')
    if (rows instanceof NotYet) return unknown(rows.why)
    const found = rows[0] === undefined ? undefined : row.parse(rows[0])
    const what = `extension ${name} in ${database}`
    if (state === 'absent')
      return driftUnlessEmpty(found === undefined ? [] : [{ what, from: found.version, to: undefined }])
    const right = found !== undefined && (version === undefined || version === found.version)
    const change: Change = { what, from: found?.version, to: version ?? 'installed' }
    return driftUnlessEmpty(right ? [] : [change])
  },

  async apply(ctx, given) {
    const { name, database, state, version, schema } = given
    const extension = named(name)
    const creation = joined(
      [
        pg`CREATE EXTENSION IF NOT EXISTS ${extension}`,
        ...(schema === undefined ? [] : [pg`SCHEMA ${named(schema)}`]),
        ...(version === undefined ? [] : [pg`VERSION ${version}`]),
      ],
      ' ',
    )
    const update = version === undefined ? [] : [pg`ALTER EXTENSION ${extension} UPDATE TO ${version}`]
    const statements =
      state === 'absent' ? [pg`DROP EXTENSION IF EXISTS ${extension}`] : [creation, ...update]
    await runSql(ctx, given, database, statements, `the extension ${name}`)
  },
})
