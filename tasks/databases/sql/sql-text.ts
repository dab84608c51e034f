/**
 * SQL from templates: every value becomes a literal or a quoted name of its dialect, so that no value can become syntax. Pure.
 */
import { CoxswainError, Secret, isSecret, z } from '../../../engine/index.ts'

/** Text that is SQL, made by a tag. */
export class SqlText {
  /** The text. */
  readonly text: string
  /** Whether it contains a secret. */
  readonly secret: boolean
  constructor(text: string, secret: boolean) {
    this.text = text
    this.secret = secret
  }
}

/** A name of a database, a role, a table, … */
export class SqlName {
  /** The name, without quotes. */
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Marks a value as a name. */
export const name = (text: string): SqlName => new SqlName(text)

/** What a template of SQL takes: text becomes a literal. */
export type SqlValue = string | number | Secret | SqlName | SqlText | readonly SqlText[]

/** How a dialect writes values. */
interface Dialect {
  readonly literal: (text: string) => string
  readonly name: (text: string) => string
}

/** A tag for templates of SQL. */
export type SqlTag = (parts: TemplateStringsArray, ...values: readonly SqlValue[]) => SqlText

const refuseNul = (text: string): string => {
  if (!text.includes('\0')) return text
  throw new CoxswainError('params-invalid', 'a value for a database must not contain a NUL character')
}

const tagOf =
  (dialect: Dialect): SqlTag =>
  (parts, ...values) => {
    let secret = false
    const written = values.map((value): string => {
      if (isSecret(value)) {
        secret = true
        return dialect.literal(refuseNul(value.reveal()))
      }
      if (typeof value === 'number') return String(value)
      if (typeof value === 'string') return dialect.literal(refuseNul(value))
      if (value instanceof SqlName) return dialect.name(refuseNul(value.name))
      const texts = value instanceof SqlText ? [value] : value
      secret ||= texts.some((one) => one.secret)
      return texts.map(({ text }) => text).join(', ')
    })
    return new SqlText(String.raw({ raw: parts }, ...written), secret)
  }

/** SQL of PostgreSQL. A literal with a backslash has the form E'…', which means the same with every setting of the server. */
export const pg: SqlTag = tagOf({
  literal: (text) => {
    const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    return text.includes('\\') ? `E${quoted}` : quoted
  },
  name: (text) => `"${text.replaceAll('"', '""')}"`,
})

/** SQL of MySQL and MariaDB, in a session whose sql_mode takes backslashes as escapes and double quotes as literals. */
export const my: SqlTag = tagOf({
  literal: (text) =>
    `'${text
      .replaceAll('\\', '\\\\')
      .replaceAll("'", "''")
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r')
      .replaceAll('\u{1A}', '\\Z')}'`,
  name: (text) => `\`${text.replaceAll('`', '``')}\``,
})

/** Several texts as one. */
export const joined = (texts: readonly SqlText[], separator: string): SqlText =>
  new SqlText(
    texts.map(({ text }) => text).join(separator),
    texts.some(({ secret }) => secret),
  )

/** The standard input for a client: a secret if it contains one. */
export const inputOf = ({ text, secret }: SqlText): string | Secret => (secret ? new Secret(text) : text)

/** A word of SQL that a parameter names, such as a privilege: letters, underscores and spaces only. */
export const keyword = (text: string): SqlText => {
  if (/^[A-Z_]+(?: [A-Z_]+)*$/.test(text)) return new SqlText(text, false)
  throw new CoxswainError('params-invalid', `not a word of SQL: ${text}`)
}

/** A name for parameters: not empty, and without control characters. */
export const sqlName = (what: string) =>
  z.string().regex(/^[^\p{Cc}]+$/u, `${what} must not be empty or contain control characters`)
