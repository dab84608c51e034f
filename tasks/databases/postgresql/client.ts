/** PostgreSQL through its own client, over the local socket. SQL goes to its standard input. */
import { CoxswainError, portNumber, shellFile, shellProgram, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { inputOf } from '../sql/sql-text.ts'
import type { SqlText } from '../sql/sql-text.ts'

const psql = shellFile(import.meta.url, 'psql.sh')

/** Parameters of every such task. */
export const serverParams = {
  systemUser: z
    .string()
    .regex(/^[a-z_][\w.-]*$/, 'must be the name of a user')
    .default('postgres')
    .describe('the user of the system that is a superuser of PostgreSQL; root becomes it'),
  port: portNumber().optional().describe('the port of the server, which is part of the name of its socket'),
}

/** Those parameters, parsed. */
export interface Server {
  readonly systemUser: string
  readonly port?: number | undefined
}

/** Why a server could not be asked: what an earlier task may still do. */
export class NotYet {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

const program = ({ systemUser, port }: Server, database: string) =>
  shellProgram(psql, systemUser, database, port ?? '')

const options = (sql: SqlText, what: string) => ({
  stdin: inputOf(sql),
  label: `psql: ${what}`,
  timeout: 300,
  // an error can quote the statement
  ...(sql.secret && { quiet: true }),
})

const rowsOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))

/**
 * Reads rows, each of which is one JSON value.
 *
 * @param what what is read, for errors.
 * @param secret whether the rows contain a secret.
 */
export const readRows = async (
  { remote }: CheckContext,
  server: Server,
  database: string,
  sql: SqlText,
  what: string,
  secret = false,
): Promise<unknown[] | NotYet> => {
  const command = remote.query({
    ...options(sql, what),
    ...(secret && { quiet: true }),
  })`${program(server, database)}`
  const { code, stdout, stderr, dropped } = await command.result()
  if (code === 127) return new NotYet('psql is not installed yet')
  if (code === 2 && /database ".*" does not exist/.test(stderr))
    return new NotYet(`the database ${database} does not exist yet`)
  if (code === 0 && dropped === 0) return rowsOf(stdout)
  throw new CoxswainError(
    'command-failed',
    code === 2 ? 'PostgreSQL does not answer on the local socket' : `PostgreSQL cannot read ${what}`,
    {
      output: stderr.trim(),
      hint:
        code === 2
          ? 'start it with the task service; check port and systemUser'
          : 'the user must be a superuser of PostgreSQL: check systemUser',
    },
  )
}

/** Runs statements, each in a transaction of its own. */
export const runSql = async (
  { remote }: ApplyContext,
  server: Server,
  database: string,
  statements: readonly SqlText[],
  what: string,
): Promise<void> => {
  for (const sql of statements) await remote.run(options(sql, what))`${program(server, database)}`
}
