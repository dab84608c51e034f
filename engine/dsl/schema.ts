/** Schemas for parameters and variables that zod does not have. */
import { z } from 'zod'
import { Secret, isSecret } from '../secret.ts'
import { isSelector } from './select.ts'
import type { Selector } from './types.ts'

/** The JSON Schema format of secrets. */
const hidden = 'password'

/**
 * A value that must not be shown. Text becomes a {@link Secret}, and so does a number, because a password can consist
 * of digits. In YAML its source text is used, so that 007 stays 007.
 *
 * @example
 * params: z.object({ password: secret().describe('the new password') })
 */
export const secret = () =>
  z
    .union(
      [
        z.custom<Secret>(isSecret),
        z.string().transform((text) => new Secret(text)),
        z.number().transform((number) => new Secret(String(number))),
      ],
      { error: 'a secret is needed, as text' },
    )
    .meta({ format: hidden })

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a part of a JSON Schema contains a secret; with `references`, a `$ref` counts as one. */
const asksForSecret = (part: unknown, references: boolean): boolean => {
  if (Array.isArray(part)) return part.some((item) => asksForSecret(item, references))
  if (!isRecord(part)) return false
  if (part['format'] === hidden || (references && part['$ref'] !== undefined)) return true
  return Object.values(part).some((item) => asksForSecret(item, references))
}

/** The properties of a JSON Schema of a map, including those of all its alternatives. */
const propertiesOf = (part: unknown): [string, unknown][] => {
  if (Array.isArray(part)) return part.flatMap(propertiesOf)
  if (!isRecord(part)) return []
  const { properties, anyOf, oneOf, allOf } = part
  return [
    ...Object.entries(isRecord(properties) ? properties : {}),
    ...[anyOf, oneOf, allOf].flatMap(propertiesOf),
  ]
}

const inputOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })

/** The names of variables that are secrets, or contain secrets, in a schema of variables. */
export const secretNames = (schema: z.ZodType): ReadonlySet<string> => {
  const json = inputOf(schema)
  const references = asksForSecret(json.$defs, false)
  return new Set(
    propertiesOf(json).flatMap(([name, inner]) => (asksForSecret(inner, references) ? [name] : [])),
  )
}

/** Whether a part of a JSON Schema accepts names that it does not list. */
const takesOthers = (part: unknown): boolean => {
  if (Array.isArray(part)) return part.some(takesOthers)
  if (!isRecord(part)) return false
  const { additionalProperties, anyOf, oneOf, allOf, $ref } = part
  return isRecord(additionalProperties) || $ref !== undefined || [anyOf, oneOf, allOf].some(takesOthers)
}

const namesOf = (json: unknown): ReadonlySet<string> => new Set(propertiesOf(json).map(([name]) => name))

/** The names that a schema of variables lists. */
export const namesDeclared = (schema: z.ZodType): ReadonlySet<string> =>
  schema instanceof z.ZodObject ? new Set(Object.keys(schema.shape)) : namesOf(inputOf(schema))

/** The names that a schema of variables reads; `all` if it accepts names that it does not list. */
export const namesRead = (schema: z.ZodType): ReadonlySet<string> | 'all' => {
  const json = inputOf(schema)
  return takesOthers(json) ? 'all' : namesOf(json)
}

/**
 * A selector of one host, a pattern or a pick; for `ctx.on`.
 *
 * @example
 * params: z.object({ from: hostSelector().describe('the master to copy from') })
 */
export const hostSelector = () =>
  z.custom<Selector>(isSelector, 'a host pattern is needed').meta({ title: 'host pattern' })

/** An absolute path on a host. */
export const remotePath = () =>
  z
    .string()
    .regex(/^\/[^\0\n]*$/, 'an absolute path is needed, such as /etc/hosts')
    .meta({ title: 'absolute path' })

/** A number, or its digits as text: the command line gives text. */
const numeric = () => z.coerce.number<number | string>()

/** A duration in seconds, more than 0; with `zero`, 0 too. */
export const duration = ({
  zero = false,
}: {
  /** Whether 0 seconds are allowed; false by default. */
  readonly zero?: boolean
} = {}) => (zero ? numeric().min(0) : numeric().positive()).meta({ title: 'seconds' })

/** A TCP or UDP port, 1 to 65535. */
export const portNumber = () => numeric().int().min(1).max(65_535).meta({ title: 'port' })

/** The number of a user or of a group (UID, GID), from 0 to 4294967294. */
export const accountId = () => numeric().int().min(0).max(4_294_967_294).meta({ title: 'ID' })

/**
 * A file mode as text: three or four octal digits, or five that begin with 0. Numbers are refused, because YAML and
 * JavaScript read a bare 0644 as a number.
 */
export const fileMode = () =>
  z
    .string({ error: "octal digits as text are needed, such as '0644'" })
    .regex(/^(?:[0-7]{3,4}|0[0-7]{4})$/, "octal digits as text are needed, such as '0644'")
    .transform((digits) => digits.padStart(4, '0'))
    .meta({ title: 'file mode' })

/** A boolean as on the command line and in YAML: true, false, yes, no, 1, 0. */
export const flag = () => z.union([z.boolean(), z.stringbool()]).meta({ title: 'boolean' })

const wordList = z.array(z.string())

/** Parses a JSON list of words; undefined for other text. */
const listIn = (text: string): string[] | undefined => {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    return wordList.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** A list of words; on the command line, comma-separated or a JSON list. */
export const words = () =>
  z
    .union([
      wordList,
      z.string().transform(
        (text) =>
          listIn(text) ??
          text
            .split(',')
            .map((word) => word.trim())
            .filter((word) => word !== ''),
      ),
    ])
    .meta({ title: 'list of string' })
