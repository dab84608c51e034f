/** Finds the schemas of the parts of a value. Pure. */
import { z } from 'zod'

/** A schema that accepts any value. */
const anything = z.unknown()

/** The schema without its wrappers: optional, default, readonly and so on. */
export const unwrapped = (schema: z.core.$ZodType): z.core.$ZodType => {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrapped(schema.def.innerType)
  }
  if (schema instanceof z.ZodLazy) return unwrapped(schema.def.getter())
  // a preprocessing function can accept any value
  if (schema instanceof z.ZodPipe)
    return schema.def.in instanceof z.ZodTransform ? anything : unwrapped(schema.def.in)
  return schema
}

/** Whether the schema of a map names a part. */
export const namesPart = (schema: z.core.$ZodType, key: string): boolean => {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject) return Object.hasOwn(inner.def.shape, key)
  if (inner instanceof z.ZodIntersection)
    return namesPart(inner.def.left, key) || namesPart(inner.def.right, key)
  return false
}

/**
 * The schema of a part of a map or list; undefined if the schema drops the part.
 *
 * @param schema without wrappers, and not a union.
 */
export const partOf = (schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined => {
  if (schema instanceof z.ZodObject) {
    const { shape, catchall } = schema.def
    const name = String(key)
    return Object.hasOwn(shape, name) ? shape[name] : catchall
  }
  if (schema instanceof z.ZodArray) return schema.def.element
  if (schema instanceof z.ZodRecord) return schema.def.valueType
  if (schema instanceof z.ZodTuple) {
    const { items, rest } = schema.def
    return items[Number(key)] ?? rest ?? undefined
  }
  if (schema instanceof z.ZodIntersection) {
    const { left, right } = schema.def
    const [one, other] = [left, right].map((side) => partOf(unwrapped(side), key))
    return one ?? other
  }
  return anything
}

/** The options of a union; undefined for any other schema. */
export const optionsOf = (schema: z.core.$ZodType): readonly z.core.$ZodType[] | undefined =>
  schema instanceof z.ZodUnion ? schema.def.options : undefined
