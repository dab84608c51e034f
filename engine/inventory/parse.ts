/** Variables through a schema. Pure. */
import type { z } from 'zod'
import { secretNames } from '../dsl/schema.ts'
import type { Place } from '../errors.ts'
import { isSecret } from '../secret.ts'
import { discreet, withoutLine } from './place.ts'
import type { Variable } from './types.ts'

/** Variables by the names that a schema knows them by. */
export type Given = ReadonlyMap<string, Variable>

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The values, with each number that the schema has made a secret of as it is written. */
const asWritten = (value: unknown, written: unknown, read: unknown): unknown => {
  if (isSecret(read)) return typeof value === 'number' ? written : value
  if (Array.isArray(value) && Array.isArray(written) && Array.isArray(read))
    return value.map((item, index) => asWritten(item, written[index], read[index]))
  if (!isRecord(value) || !isRecord(written) || !isRecord(read)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, asWritten(item, written[key], read[key])]),
  )
}

/** The values of variables, without their places. */
export const plainVariables = (variables: Given): Record<string, unknown> =>
  Object.fromEntries([...variables].map(([name, { value }]) => [name, value]))

/**
 * What a schema makes of variables, or the issues that it has with them. A secret made of digits is the text that stands
 * in the YAML.
 */
export const parseVariables = <Schema extends z.ZodType>(
  schema: Schema,
  variables: Given,
): z.ZodSafeParseResult<z.output<Schema>> => {
  const values = plainVariables(variables)
  const parsed = schema.safeParse(values)
  if (!parsed.success) return parsed
  const texts = [...variables].map(([name, { value, written = value }]) => [name, written])
  return schema.safeParse(asWritten(values, Object.fromEntries(texts), parsed.data))
}

/** The place of a variable, without its line when a secret stands there. */
export const placeOf = (schema: z.ZodType, variables: Given, { place }: Variable): Place => {
  const here = ({ file, line }: Place): boolean => file === place.file && line === place.line
  const betrays = [...secretNames(schema)].some((name) => {
    const secret = variables.get(name)
    return secret !== undefined && here(secret.place)
  })
  return betrays ? withoutLine(place) : discreet(place)
}
