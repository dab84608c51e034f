/** Answers of database clients for rehearsals, by the SQL on their standard input. */
import type { Reply, World } from '../../../engine/testing.ts'

type Answer = (sql: string) => Reply | string

const world = (client: RegExp, answer: Answer): World => ({
  patterns: [
    [
      client,
      (request, files) => {
        const said = answer(request.stdin)
        return typeof said === 'function' ? said(request, files) : said
      },
    ],
  ],
})

/** A host with psql. */
export const postgresql = (answer: Answer): World => world(/PGDATABASE=/, answer)

/** A host with the client of MariaDB. The line that sets the mode of the session is left out. */
export const mysql = (answer: Answer): World =>
  world(/for c in mariadb mysql/, (sql) => answer(sql.replace(/^SET SESSION [^\n]*\n/, '').trimEnd()))

/** Records statements that change something, and answers them with nothing. */
export const recorder = (): { readonly statements: string[]; readonly take: (sql: string) => string } => {
  const statements: string[] = []
  return {
    statements,
    take: (sql) => {
      statements.push(sql)
      return ''
    },
  }
}
