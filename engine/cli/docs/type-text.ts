/** Types of parameters in words, from the JSON Schema of a zod schema. Pure. */
import { z } from 'zod'

/** The parts of a JSON Schema that are read. */
export interface JsonSchema {
  /** Several types are separated by bars. */
  readonly type?: string | undefined
  /** The name of a type that JSON Schema does not have, such as `absolute path`: what `.meta({ title })` says. */
  readonly title?: string | undefined
  readonly format?: string | undefined
  readonly description?: string | undefined
  readonly default?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[] | undefined
  readonly oneOf?: readonly JsonSchema[] | undefined
  readonly items?: JsonSchema | undefined
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined
  readonly additionalProperties?: JsonSchema | undefined
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
    title: z.string().optional(),
    format: z.string().optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    anyOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
    items: schema.optional().catch(undefined),
    properties: z.record(z.string(), schema).optional(),
    additionalProperties: schema.optional().catch(undefined),
    required: z.array(z.string()).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
  }),
)

/** The JSON Schema of the input of a zod schema, with all defaults. */
export const jsonSchemaOf = (params: z.ZodType): JsonSchema =>
  schema.parse(
    z.toJSONSchema(params, {
      io: 'input',
      unrepresentable: 'any',
      // zod leaves out the default of what it transforms, such as a flag
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue
      },
    }),
  )

const alternativesOf = ({ anyOf = [], oneOf = [] }: JsonSchema): readonly JsonSchema[] => [...anyOf, ...oneOf]

/** The objects that a value may be, or hold: itself, the items of a list, the values of a map, the alternatives of a union. */
const objectsIn = (one: JsonSchema): readonly JsonSchema[] => {
  if (one.properties !== undefined) return [one]
  return [...alternativesOf(one), one.items, one.additionalProperties].flatMap((below) =>
    below === undefined ? [] : objectsIn(below),
  )
}

/** The members of the objects that a value may be, or hold; one is required where all of the objects require it. */
export const membersOf = (one: JsonSchema): Pick<JsonSchema, 'properties' | 'required'> => {
  const objects = objectsIn(one)
  const properties = Object.fromEntries(objects.flatMap((object) => Object.entries(object.properties ?? {})))
  return {
    properties,
    required: Object.keys(properties).filter((name) =>
      objects.every(({ required = [] }) => required.includes(name)),
    ),
  }
}

/** Whether a limit says something: every integer has the safe integers as limits. */
const isLimit = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER

const rangeText = ({ minimum, maximum, exclusiveMinimum }: JsonSchema): string => {
  if (isLimit(minimum) && isLimit(maximum)) return ` ${minimum}..${maximum}`
  if (isLimit(minimum)) return ` from ${minimum}`
  if (isLimit(exclusiveMinimum)) return ` above ${exclusiveMinimum}`
  return isLimit(maximum) ? ` up to ${maximum}` : ''
}

/** A list or map with the type of what it holds. */
const ofWhat = (kind: string, inner: JsonSchema = {}): string => {
  const item = typeText(inner)
  if (item === 'any') return kind
  return item.includes('|') ? `${kind} of (${item})` : `${kind} of ${item}`
}

/**
 * A type in a few words.
 *
 * @example
 * typeText({ type: 'integer', minimum: 1, maximum: 65535 }) // 'integer 1..65535'
 * typeText({ type: 'array', items: { type: 'string' } })    // 'list of string'
 */
export const typeText = (one: JsonSchema): string => {
  const { type, title, format, enum: values, const: only, items, additionalProperties } = one
  if (format === 'password') return 'secret'
  if (title !== undefined) return `${title}${rangeText(one)}`
  if (values !== undefined) return values.map(String).join('|')
  if (only !== undefined) return typeof only === 'string' ? only : JSON.stringify(only)
  const alternatives = alternativesOf(one)
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeText))].join('|')
  if (type === 'array') return ofWhat('list', items)
  if (type === 'object') return one.properties === undefined ? ofWhat('map', additionalProperties) : 'object'
  return type === undefined ? 'any' : `${type}${rangeText(one)}`
}
