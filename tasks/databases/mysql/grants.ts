/** Privileges of MySQL and MariaDB, as SHOW GRANTS prints them. Pure. */
import { SqlText, joined, my, name as named } from '../sql/sql-text.ts'

/** What privileges count for. */
export interface Scope {
  readonly database?: string | undefined
  readonly table?: string | undefined
}

/** In the name of a database, % and _ stand for any characters, unless a backslash is before them; in that of a table they do not. */
const exactly = (database: string): string => database.replaceAll(/[\\%_]/g, String.raw`\$&`)

const any = new SqlText('*', false)

/** The scope in SQL. */
export const scopeText = ({ database, table }: Scope): SqlText => {
  if (database === undefined) return joined([any, any], '.')
  if (table !== undefined) return joined([my`${named(database)}`, my`${named(table)}`], '.')
  return joined([my`${named(exactly(database))}`, any], '.')
}

/** The scope as text: `*.*`, `shop.*`, `shop.orders`. */
export const scopeOf = ({ database, table }: Scope): string =>
  database === undefined ? '*.*' : `${database}.${table ?? '*'}`

/** Privileges on one scope. */
export interface Grant {
  readonly privileges: readonly string[]
  /** Privileges on columns of the table, as text: SELECT (`a`, `b`). */
  readonly columns: readonly string[]
  readonly scope: string
  readonly grantOption: boolean
}

const line =
  /^GRANT (.+?) ON (?:TABLE )?(\*|`(?:[^`]|``)*`)\.(\*|`(?:[^`]|``)*`) TO [^\n]*?( WITH GRANT OPTION)?$/

const onColumns = /[A-Z]+(?: [A-Z]+)* \([^)]*\)/g

const unquoted = (text: string): string => text.replace(/^`|`$/g, '').replaceAll('``', '`')

/** The grant in a line; undefined for others, such as those of roles. */
export const grantsIn = (text: string): Grant | undefined => {
  const [, list, database = '', table = '', option] = line.exec(text) ?? []
  if (list === undefined) return undefined
  const columns = list.match(onColumns) ?? []
  const scope =
    database === '*'
      ? '*.*'
      : table === '*'
        ? `${unquoted(database).replaceAll(/\\([\\%_])/g, '$1')}.*`
        : `${unquoted(database)}.${unquoted(table)}`
  return {
    // MySQL writes dynamic privileges with a comma alone between them
    privileges: list
      .replaceAll(onColumns, '')
      .split(/,\s*/)
      .filter((one) => one !== ''),
    columns,
    scope,
    grantOption: option !== undefined,
  }
}
