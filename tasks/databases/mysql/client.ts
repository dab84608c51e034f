/** MySQL and MariaDB through their own client, over the local socket. SQL goes to its standard input. */
import { CoxswainError, remotePath, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { inputOf, joined, my } from '../sql/sql-text.ts'
import type { SqlText } from '../sql/sql-text.ts'

const mysql = shellFile(import.meta.url, 'mysql.sh')

/** Parameters of every such task. */
export const serverParams = {
  socket: remotePath()
    .optional()
    .describe(
      'the socket of the server; by default that of the client. root logs in by it, or with /root/.my.cnf',
    ),
}

/** Those parameters, parsed. */
export interface Server {
  readonly socket?: string | undefined
}

const program = ({ socket }: Server) => shellProgram(mysql, socket ?? '')

/** Literals mean what they say only in a session with this mode. Errors end the client at the first statement that fails. */
const withMode = (statements: readonly SqlText[]): SqlText =>
  joined([my`SET SESSION sql_mode = 'STRICT_ALL_TABLES'`, ...statements, my``], ';\n')

const options = (sql: SqlText, what: string) => ({
  stdin: inputOf(sql),
  label: `mysql: ${what}`,
  timeout: 300,
  ...(sql.secret && { quiet: true }),
})

const isAbsent = (stderr: string): boolean => /^ERROR 1(?:141|269) /m.test(stderr)

/**
 * Reads lines; undefined without a client. An account without grants has no lines.
 *
 * @throws `command-failed` if the server does not answer.
 */
export const readLines = async (
  { remote }: CheckContext,
  server: Server,
  sql: SqlText,
  what: string,
): Promise<string[] | undefined> => {
  const text = withMode([sql])
  const command = remote.query({ ...options(text, what), quiet: true })`${program(server)}`
  const { code, stdout, stderr, dropped } = await command.result()
  if (code === 127) return undefined
  if (code === 0 && dropped === 0) return stdout.split('\n').filter((line) => line !== '')
  if (isAbsent(stderr)) return []
  const unreachable = /^ERROR 2\d{3} /m.test(stderr)
  throw new CoxswainError(
    'command-failed',
    unreachable
      ? 'the database server does not answer on its socket'
      : `the database server cannot read ${what}`,
    {
      output: stderr.trim(),
      hint: unreachable
        ? 'start it with the task service; check socket'
        : 'the task must run as root, or with /root/.my.cnf',
    },
  )
}

/** Runs statements. */
export const runSql = async (
  { remote }: ApplyContext,
  server: Server,
  statements: readonly SqlText[],
  what: string,
): Promise<void> => {
  const sql = withMode(statements)
  await remote.run(options(sql, what))`${program(server)}`
}

/** The reason without a client. */
export const noClient = 'neither mariadb nor mysql is installed yet'
