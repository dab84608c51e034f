import { CoxswainError, defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { NotYet, readRows, runSql, serverParams } from './postgresql/client.ts'
import { SqlText, pg } from './sql/sql-text.ts'

const row = z.object({
  known: z.boolean(),
  written: z.string().nullable(),
  restart: z.boolean(),
})

const scalar = () => z.union([z.string(), z.number(), z.boolean()])

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?$/, 'must be the name of a setting')
        .describe('the setting, such as shared_buffers'),
      value: z
        .union([scalar(), z.array(z.string()).min(1)])
        .optional()
        .describe(
          'the value, such as 256MB; a list for a setting that is one, such as shared_preload_libraries',
        ),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('absent removes it, so that postgresql.conf counts again'),
      ...serverParams,
    })
    .refine(({ value, state }) => value !== undefined || state === 'absent', {
      message: 'a value is needed',
      path: ['value'],
    })
type Params = z.output<ReturnType<typeof params>>

const textOf = (value: Params['value']): string =>
  Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'boolean'
      ? value
        ? 'on'
        : 'off'
      : String(value)

const read = async (ctx: CheckContext, given: Params): Promise<z.output<typeof row> | NotYet> => {
  const { name } = given
  // the last line of the file counts
  const sql = pg`SELECT json_build_object('known', EXISTS (SELECT FROM pg_settings WHERE lower(name) = lower(${name})),
'written', (SELECT setting FROM pg_file_settings WHERE lower(name) = lower(${name}) AND sourcefile LIKE '%postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1),
'restart', coalesce((SELECT context = 'postmaster' FROM pg_settings WHERE lower(name) = lower(${name})), false));`
  const rows = await readRows(ctx, given, 'postgres', sql, 'the settings')
  if (rows instanceof NotYet) return rows
  const found = row.parse(rows[0])
  if (found.known) return found
  if (name.includes('.')) return new NotYet(`the server has not loaded the extension of ${name} yet`)
  throw new CoxswainError('task-failed', `PostgreSQL does not have the setting ${name}`, {
    hint: 'check its name with: psql -c "SHOW ALL"',
  })
}

/** Sets a setting of the PostgreSQL server, or removes it. */
export const postgresqlSetting = defineTask({
  name: 'postgresql-setting',
  description:
    'Sets a setting of the PostgreSQL server in postgresql.auto.conf (ALTER SYSTEM), and reloads the configuration. Some settings need a restart of the server.',
  reads: 'psql: pg_file_settings',
  example: { name: 'log_min_duration_statement', value: '500ms' },
  params,
  title: ({ name, value, state }) =>
    state === 'absent' ? `no PostgreSQL setting ${name}` : `PostgreSQL ${name} = ${textOf(value)}`,

  async check(ctx, given) {
    const { name, value, state } = given
    const found = await read(ctx, given)
    if (found instanceof NotYet) return unknown(found.why)
    const wanted = state === 'absent' ? undefined : textOf(value)
    const written = found.written ?? undefined
    const same = Array.isArray(value)
      ? written
          ?.split(',')
          .map((one) => one.trim())
          .join(', ') === wanted
      : written === wanted
    return driftUnlessEmpty(same ? [] : [{ what: `setting ${name}`, from: written, to: wanted }])
  },

  async apply(ctx, given) {
    const { name, value, state } = given
    const found = await read(ctx, given)
    if (found instanceof NotYet)
      throw new CoxswainError('task-failed', found.why, {
        hint: 'shared_preload_libraries loads it when the server restarts',
      })
    // its name has been checked by the schema, and is not quoted: "a.b" would be one name
    const raw = new SqlText(name, false)
    const values: SqlText[] = Array.isArray(value) ? value.map((one) => pg`${one}`) : [pg`${textOf(value)}`]
    const change =
      state === 'absent' ? pg`ALTER SYSTEM RESET ${raw}` : pg`ALTER SYSTEM SET ${raw} = ${values}`
    await runSql(ctx, given, 'postgres', [change, pg`SELECT pg_reload_conf();`], `the setting ${name}`)
    if (found.restart) ctx.log(`${name} takes effect when the server restarts`)
  },
})
