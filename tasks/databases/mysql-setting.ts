import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  flag,
  remotePath,
  unknown,
  z,
} from '../../engine/index.ts'
import type { CheckContext, RemoteReader } from '../../engine/index.ts'
import { noClient, readLines, runSql, serverParams } from './mysql/client.ts'
import { defaultIn, fileValue, sameValue, sqlValue } from './mysql/variables.ts'
import { SqlText, my } from './sql/sql-text.ts'

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(/^[a-z]\w*(?:\.[a-z]\w*)?$/, 'must be the name of a system variable, such as max_connections')
        .describe('the system variable, such as max_connections'),
      value: z
        .union([z.string(), z.number(), z.boolean()])
        .transform((value) => (typeof value === 'boolean' ? (value ? 'ON' : 'OFF') : String(value)))
        .refine(
          (value) => /^[^"\p{Cc}]*$/u.test(value),
          'must not contain double quotes or control characters',
        )
        .optional()
        .describe('the value, such as 256M, ON or 200'),
      nextStart: flag()
        .default(false)
        .describe(
          'only keep it for the next start of the server, as needed for a variable that is read only',
        ),
      folder: remotePath()
        .optional()
        .describe(
          'for MariaDB, the folder of option files to write to; by default /etc/mysql/mariadb.conf.d or /etc/my.cnf.d. MySQL keeps values itself',
        ),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('absent removes what the task keeps for the next start'),
      ...serverParams,
    })
    .refine(({ value, state }) => value !== undefined || state === 'absent', {
      message: 'a value is needed',
      path: ['value'],
    })
type Params = z.output<ReturnType<typeof params>>

const folders = ['/etc/mysql/mariadb.conf.d', '/etc/my.cnf.d']

/** The option file of a variable. */
const fileOf = async (remote: RemoteReader, { name, folder }: Params): Promise<string> => {
  const there = await Promise.all(folders.map((one) => remote.exists(one)))
  const found = folder ?? folders.find((_, at) => there[at] === true)
  if (found !== undefined) return `${found}/99-coxswain-${name}.cnf`
  throw new CoxswainError('task-failed', `the host has neither ${folders.join(' nor ')}`, {
    hint: 'set folder to one that the configuration of the server includes',
  })
}

const textOf = ({ name, value = '' }: Params): string => `[mysqld]\n${name} = ${fileValue(value)}\n`

/** The value for the next start that option files have: the last one counts. */
const defaultOf = async (remote: RemoteReader, name: string): Promise<string | undefined> => {
  const label = 'read the option files of the server'
  const groups = ['mysqld', 'server', 'mariadb', 'mariadbd']
  const query = remote.query({ quiet: true, label })`my_print_defaults ${groups}`
  return defaultIn(await query.text(), name)
}

interface Found {
  readonly live: string
  /** The value for the next start. */
  readonly kept: string | undefined
  /** The option file; undefined if the server keeps values itself. */
  readonly file: string | undefined
  /** Whether the task keeps a value. */
  readonly isKept: boolean
}

/** What the server has; undefined without a client. */
const look = async (ctx: CheckContext, given: Params): Promise<Found | undefined> => {
  const { remote } = ctx
  const { name } = given
  const sql = my`SELECT VERSION(); SHOW GLOBAL VARIABLES WHERE variable_name = ${name}`
  const lines = await readLines(ctx, given, sql, `the variable ${name}`)
  if (lines === undefined) return undefined
  const [version = '', line] = lines
  if (line === undefined)
    throw new CoxswainError('task-failed', `the database server does not have the variable ${name}`, {
      hint: 'check its name with: SHOW GLOBAL VARIABLES',
    })
  const live = line.slice(line.indexOf('\t') + 1)
  if (!version.includes('MariaDB')) {
    const persisted = my`SELECT variable_value FROM performance_schema.persisted_variables WHERE variable_name = ${name}`
    const [kept] = (await readLines(ctx, given, persisted, 'the values for the next start')) ?? []
    return { live, kept, file: undefined, isKept: kept !== undefined }
  }
  const file = await fileOf(remote, given)
  const [kept, isKept] = await Promise.all([defaultOf(remote, name), remote.exists(file)])
  return { live, kept, file, isKept }
}

/** Sets a system variable of MySQL or MariaDB, now and at the next start. */
export const mysqlSetting = defineTask({
  name: 'mysql-setting',
  description:
    'Sets a system variable of MySQL or MariaDB, now and for the next start: with SET PERSIST (MySQL 8), or with SET GLOBAL and an option file (MariaDB).',
  reads: 'SHOW GLOBAL VARIABLES; for the next start my_print_defaults, or persisted_variables of MySQL',
  example: { name: 'max_connections', value: 300 },
  params,
  title: ({ name, value, state }) =>
    state === 'absent' ? `no MySQL setting ${name}` : `MySQL setting ${name} = ${value}`,

  async check(ctx, given) {
    const { name, value = '', nextStart, state } = given
    const found = await look(ctx, given)
    if (found === undefined) return unknown(noClient)
    const what = `${name} at the next start`
    if (state === 'absent')
      return driftUnlessEmpty(found.isKept ? [{ what, from: found.kept, to: undefined }] : [])
    return driftUnlessEmpty([
      ...(nextStart || sameValue(found.live, value) ? [] : [{ what: name, from: found.live, to: value }]),
      ...(found.isKept && sameValue(found.kept, value) ? [] : [{ what, from: found.kept, to: value }]),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { name, value = '', nextStart, state } = given
    const found = await look(ctx, given)
    if (found === undefined) throw new CoxswainError('task-failed', noClient, { hint: 'install it first' })
    // the name consists of letters, digits and underscores, and a dot
    const variable = new SqlText(name, false)
    const run = (...statements: readonly SqlText[]) => runSql(ctx, given, statements, `the variable ${name}`)
    if (state === 'absent') {
      if (found.file !== undefined) await remote.remove(found.file)
      else await run(my`RESET PERSIST IF EXISTS ${variable}`)
      return
    }
    if (found.file === undefined) {
      const scope = new SqlText(nextStart ? 'PERSIST_ONLY' : 'PERSIST', false)
      await run(my`SET ${scope} ${variable} = ${sqlValue(value)}`)
      return
    }
    // first: a value that the server refuses would keep it from starting
    if (!nextStart) await run(my`SET GLOBAL ${variable} = ${sqlValue(value)}`)
    await remote.write(found.file, textOf(given))
  },
})
