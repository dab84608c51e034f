/** Types of parameters as a person reads them, from the JSON Schema of a zod schema. Pure. */
import { z } from 'zod'

/** What is read of a JSON Schema. */
export interface JsonSchema {
  /** Several types have a bar between them. */
  readonly type?: string | undefined
  readonly format?: string | undefined
  readonly description?: string | undefined
  readonly default?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[] | undefined
  readonly items?: JsonSchema | undefined
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined
  readonly required?: readonly string[] | undefined
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
  readonly exclusiveMinimum?: number | undefined
}

/** JSON Schema names one type or several. */
const typeName = z.union([z.string(), z.array(z.string()).transform((types) => types.join('|'))])

const schema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: typeName.optional(),
    format: z.string().optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    anyOf: z.array(schema).optional(),
    items: schema.optional().catch(undefined),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
  }),
)

/** The JSON Schema of what a zod schema takes. */
export const jsonSchemaOf = (params: z.ZodType): JsonSchema =>
  schema.parse(z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }))

/** The object itself, or that of a list, whose members are worth a line each. */
export const membersOf = (one: JsonSchema): JsonSchema => {
  if (one.properties !== undefined) return one
  const below = [...(one.anyOf ?? []), ...(one.items === undefined ? [] : [one.items])]
  return below.map(membersOf).find(({ properties }) => properties !== undefined) ?? {}
}

/** Numbers that JSON Schema has for every whole number say nothing. */
const isLimit = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER

const rangeText = ({ minimum, maximum, exclusiveMinimum }: JsonSchema): string => {
  if (isLimit(minimum) && isLimit(maximum)) return ` ${minimum}..${maximum}`
  if (isLimit(minimum)) return ` from ${minimum}`
  if (isLimit(exclusiveMinimum)) return ` above ${exclusiveMinimum}`
  return isLimit(maximum) ? ` up to ${maximum}` : ''
}

/**
 * A type in a few words.
 *
 * @example
 * typeText({ type: 'integer', minimum: 1, maximum: 65535 }) // 'integer 1..65535'
 * typeText({ type: 'array', items: { type: 'string' } })    // 'list of string'
 */
export const typeText = (one: JsonSchema): string => {
  const { type, format, enum: values, const: only, anyOf, items } = one
  if (format === 'password') return 'secret'
  if (values !== undefined) return values.map(String).join('|')
  if (only !== undefined) return typeof only === 'string' ? only : JSON.stringify(only)
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeText))].join('|') || 'any'
  if (type === 'array') {
    const item = items === undefined ? 'any' : typeText(items)
    if (item === 'any') return 'list'
    return item.includes('|') ? `list of (${item})` : `list of ${item}`
  }
  if (type === 'object') return one.properties === undefined ? 'map' : 'object'
  return type === undefined ? 'any' : `${type}${rangeText(one)}`
}
