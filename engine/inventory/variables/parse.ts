/** Variables through a schema. Pure. */
import { z } from 'zod'
import { secretNames } from '../../dsl/schema.ts'
import type { Place } from '../../errors.ts'
import { isSecret } from '../../secret.ts'
import { discreet, withoutLine } from '../place.ts'
import type { Variable } from '../types.ts'

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

/** What stands in a variable's place as text, where it was read as something else: 1.30 is a version, not the number 1.3. */
const textOf = ({ value, written, typed }: Variable): string | undefined => {
  if (typeof value === 'string') return undefined
  return typed ?? (typeof written === 'string' ? written : undefined)
}

/** Whether a schema wants text: it takes the text as it is, and makes nothing but text of the value. */
const wantsText = (schema: z.core.$ZodType, value: unknown, text: string): boolean => {
  const asText = z.safeParse(schema, text)
  if (!asText.success || typeof asText.data !== 'string') return false
  const asValue = z.safeParse(schema, value)
  return !asValue.success || typeof asValue.data === 'string'
}

/** The values of variables, each as the text that stands there where the schema wants text. */
const valuesFor = (schema: z.ZodType, variables: Given): Record<string, unknown> => {
  const values = plainVariables(variables)
  if (!(schema instanceof z.ZodObject)) return values
  for (const [name, known] of Object.entries(schema.shape)) {
    const variable = variables.get(name)
    const text = variable && textOf(variable)
    if (text !== undefined && wantsText(known, variable?.value, text)) values[name] = text
  }
  return values
}

const at = (tree: unknown, [key, ...rest]: readonly PropertyKey[]): unknown => {
  if (key === undefined) return tree
  if (Array.isArray(tree)) return at(tree[Number(key)], rest)
  return isRecord(tree) ? at(tree[String(key)], rest) : undefined
}

/** A copy of a tree with another value at a path. */
const withValue = (tree: unknown, [key, ...rest]: readonly PropertyKey[], value: unknown): unknown => {
  if (key === undefined) return value
  if (Array.isArray(tree))
    return tree.map((item, index) => (index === key ? withValue(item, rest, value) : item))
  return isRecord(tree) ? { ...tree, [key]: withValue(tree[String(key)], rest, value) } : tree
}

/** The values, with each number deep in them that a schema refuses as the text that stands there, if it takes that. */
const asTextDeep = (schema: z.ZodType, values: unknown, written: unknown): unknown => {
  let repaired = values
  for (const { path } of schema.safeParse(values).error?.issues ?? []) {
    const text = at(written, path)
    if (typeof at(values, path) !== 'number' || typeof text !== 'string') continue
    const tried = withValue(repaired, path, text)
    const left = schema.safeParse(tried).error?.issues ?? []
    if (!left.some((issue) => issue.path.join('.') === path.join('.'))) repaired = tried
  }
  return repaired
}

/** The values of variables, without their places. */
export const plainVariables = (variables: Given): Record<string, unknown> =>
  Object.fromEntries([...variables].map(([name, { value }]) => [name, value]))

/**
 * What a schema makes of variables, or the issues that it has with them. Text made of digits, a secret or not, is what
 * stands in the YAML.
 */
export const parseVariables = <Schema extends z.ZodType>(
  schema: Schema,
  variables: Given,
): z.ZodSafeParseResult<z.output<Schema>> => {
  const texts = Object.fromEntries(
    [...variables].map(([name, { value, written = value }]) => [name, written]),
  )
  const values = asTextDeep(schema, valuesFor(schema, variables), texts)
  const parsed = schema.safeParse(values)
  if (!parsed.success) return parsed
  return schema.safeParse(asWritten(values, texts, parsed.data))
}

/** The place of a variable, without its line when a secret stands there. */
export const placeOf = (schema: z.ZodType, variables: Given, { place, hidden }: Variable): Place => {
  if (hidden === true) return withoutLine(place)
  const here = ({ file, line }: Place): boolean => file === place.file && line === place.line
  const betrays = [...secretNames(schema)].some((name) => {
    const secret = variables.get(name)
    return secret !== undefined && here(secret.place)
  })
  return betrays ? withoutLine(place) : discreet(place)
}
