/**
 * Finds values that a schema would coerce wrongly: `z.coerce` reads null as 0, "no" as true and "0x10" as 16. Pure.
 */
import { z } from 'zod'
import { isDecimal } from './decimal.ts'

type Path = readonly PropertyKey[]

/** A value that a schema would coerce into another one than the user means. */
export interface Miscoerced {
  readonly path: Path
  /** What is needed there. Undefined for a missing value, a map or a list. */
  readonly needed: string | undefined
}

/** Whether a value cannot be coerced: it is missing, a map or a list. */
const cannotBeCoerced = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && !(value instanceof Date))

const coerces = (schema: z.core.$ZodType): boolean =>
  (schema instanceof z.ZodString ||
    schema instanceof z.ZodNumber ||
    schema instanceof z.ZodBigInt ||
    schema instanceof z.ZodBoolean ||
    schema instanceof z.ZodDate) &&
  'coerce' in schema.def &&
  schema.def.coerce

/** A date, with a time or without. `Date` also takes "5", and 2024 as milliseconds. */
const dateText = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[-+]\d\d(?::?\d\d)?)?)?$/

/** What a coercing schema needs instead of a value; undefined if the value is valid. */
const neededBy = (schema: z.core.$ZodType, value: unknown): string | undefined => {
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodBigInt) {
    const fits =
      typeof value === 'string' ? isDecimal(value) : typeof value === 'number' || typeof value === 'bigint'
    return fits ? undefined : 'a number is needed'
  }
  if (schema instanceof z.ZodBoolean) {
    const fits = typeof value === 'boolean' || value === 0 || value === 1
    return fits ? undefined : 'true or false is needed'
  }
  if (schema instanceof z.ZodDate) {
    const fits = typeof value === 'string' ? dateText.test(value) : value instanceof Date
    return fits ? undefined : 'a date is needed, such as 2024-01-02'
  }
  return undefined
}

/** What is wrong with a value for a coercing schema. */
const wrongly = (schema: z.core.$ZodType, value: unknown): Miscoerced[] => {
  if (cannotBeCoerced(value)) return [{ path: [], needed: undefined }]
  const needed = neededBy(schema, value)
  return needed === undefined ? [] : [{ path: [], needed }]
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

/**
 * Finds the parts of an input that a schema would coerce into another value than the user means.
 *
 * @example
 * miscoerced(z.object({ port: z.coerce.number() }), { port: '0x10' }) // [{ path: ['port'], needed: 'a number is needed' }]
 */
export const miscoerced = (schema: z.core.$ZodType, value: unknown): Miscoerced[] => {
  if (coerces(schema)) return wrongly(schema, value)
  const below = (key: PropertyKey, inner: z.core.$ZodType, item: unknown): Miscoerced[] =>
    miscoerced(inner, item).map(({ path, needed }) => ({ path: [key, ...path], needed }))
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return value === undefined ? [] : miscoerced(schema.def.innerType, value)
  if (schema instanceof z.ZodNullable) return value === null ? [] : miscoerced(schema.def.innerType, value)
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodCatch || schema instanceof z.ZodNonOptional)
    return miscoerced(schema.def.innerType, value)
  if (schema instanceof z.ZodPipe) return miscoerced(schema.def.in, value)
  if (schema instanceof z.ZodObject) {
    const { shape } = schema
    // the schema itself reports missing keys
    return entriesOf(value).flatMap(([key, item]) =>
      Object.hasOwn(shape, key) && shape[key] !== undefined ? below(key, shape[key], item) : [],
    )
  }
  if (schema instanceof z.ZodRecord)
    return entriesOf(value).flatMap(([key, item]) => below(key, schema.def.valueType, item))
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.flatMap((item, index) => below(index, schema.def.element, item))
  if (schema instanceof z.ZodUnion) {
    // a member that accepts the value without coercion takes it
    const branches = schema.def.options.map((option) => miscoerced(option, value))
    const free = schema.def.options.some(
      (option, index) => branches[index]?.length === 0 && z.safeParse(option, value).success,
    )
    return free ? [] : (branches.find((paths) => paths.length > 0) ?? [])
  }
  return []
}
