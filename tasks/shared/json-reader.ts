/** Readers of JSON for authors, as any value or as that of a schema. */
import { CoxswainError } from '../../engine/index.ts'
import type { ErrorCode, z } from '../../engine/index.ts'
import { schemaFaults } from './schema-faults.ts'

/** Reads JSON, as any value or as that of a schema. */
export interface JsonReader {
  (): unknown
  <Schema extends z.ZodType>(schema: Schema): z.output<Schema>
}

/** Where a text comes from. */
export interface JsonSource {
  /** In errors: `the output` or `the response`. */
  readonly name: string
  /** The command or request. */
  readonly of: string
  readonly code: ErrorCode
}

/**
 * A function that reads a text as JSON.
 *
 * @throws when it is called, the code of the source, for a text that is not JSON or not what the schema wants.
 */
export const jsonReader = (text: string, { name, of, code }: JsonSource): JsonReader => {
  const refused = (why: string, cause: unknown, hint?: string): CoxswainError =>
    new CoxswainError(code, `${name} is not ${why}`, { cause, output: text.slice(0, 2000).trimEnd(), hint })
  const parsed = (): unknown => {
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw refused(`JSON: ${of}`, cause)
    }
  }
  function json(): unknown
  function json<Schema extends z.ZodType>(schema: Schema): z.output<Schema>
  function json(schema?: z.ZodType): unknown {
    const value = parsed()
    if (schema === undefined) return value
    const { data, error } = schema.safeParse(value)
    if (error === undefined) return data
    throw refused(
      `what the schema wants: ${of}: ${schemaFaults(error, value).join('; ')}`,
      error,
      `change the schema, or what gives ${name}`,
    )
  }
  return json
}
