/** Where a schema would make text or a number of nothing: `z.coerce` reads undefined as "undefined" and null as 0. Pure. */
import { z } from 'zod'

type Path = readonly PropertyKey[]

/** What a schema that coerces cannot mean: nothing, or a map or list that has no text. */
const isNoScalar = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && !(value instanceof Date))

const coerces = (schema: z.core.$ZodType): boolean =>
  (schema instanceof z.ZodString ||
    schema instanceof z.ZodNumber ||
    schema instanceof z.ZodBigInt ||
    schema instanceof z.ZodBoolean) &&
  'coerce' in schema.def &&
  schema.def.coerce

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

/**
 * The paths in an input at which a schema would coerce nothing, a map or a list into a value.
 *
 * @example
 * coercedNothing(z.object({ port: z.coerce.number() }), { port: null }) // [['port']]
 */
export const coercedNothing = (schema: z.core.$ZodType, value: unknown): Path[] => {
  if (coerces(schema)) return isNoScalar(value) ? [[]] : []
  const below = (key: PropertyKey, inner: z.core.$ZodType, item: unknown): Path[] =>
    coercedNothing(inner, item).map((path) => [key, ...path])
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return value === undefined ? [] : coercedNothing(schema.def.innerType, value)
  if (schema instanceof z.ZodNullable)
    return value === null ? [] : coercedNothing(schema.def.innerType, value)
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodCatch || schema instanceof z.ZodNonOptional)
    return coercedNothing(schema.def.innerType, value)
  if (schema instanceof z.ZodPipe) return coercedNothing(schema.def.in, value)
  if (schema instanceof z.ZodObject) {
    const { shape } = schema
    // what is not there at all is found missing by the schema itself
    return entriesOf(value).flatMap(([key, item]) =>
      Object.hasOwn(shape, key) && shape[key] !== undefined ? below(key, shape[key], item) : [],
    )
  }
  if (schema instanceof z.ZodRecord)
    return entriesOf(value).flatMap(([key, item]) => below(key, schema.def.valueType, item))
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.flatMap((item, index) => below(index, schema.def.element, item))
  if (schema instanceof z.ZodUnion) {
    // one that takes the value without coercing it may have it
    const branches = schema.def.options.map((option) => coercedNothing(option, value))
    const free = schema.def.options.some(
      (option, index) => branches[index]?.length === 0 && z.safeParse(option, value).success,
    )
    return free ? [] : (branches.find((paths) => paths.length > 0) ?? [])
  }
  return []
}
