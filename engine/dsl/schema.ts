/** Building blocks for parameter and variable schemas that zod does not have. */
import { z } from 'zod'
import { Secret, isSecret } from '../secret.ts'
import { isSelector } from './select.ts'
import type { Selector } from './types.ts'

/** How JSON Schema marks what must not be seen. */
const hidden = 'password'

/**
 * A value that must not be seen. Text becomes a {@link Secret} on its way in. A number does too: a password may be made
 * of digits. In YAML it is what is written there, so that 007 stays 007.
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

/** Whether a part of a JSON Schema asks for a secret; what it refers to counts as one when any such part does. */
const asksForSecret = (part: unknown, references: boolean): boolean => {
  if (Array.isArray(part)) return part.some((item) => asksForSecret(item, references))
  if (!isRecord(part)) return false
  if (part['format'] === hidden || (references && part['$ref'] !== undefined)) return true
  return Object.values(part).some((item) => asksForSecret(item, references))
}

/** The properties of a JSON Schema of a map, those of all its alternatives together. */
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

/** The names of variables that are secrets, or hold some, in a schema of variables. */
export const secretNames = (schema: z.ZodType): ReadonlySet<string> => {
  const json = inputOf(schema)
  const references = asksForSecret(json.$defs, false)
  return new Set(
    propertiesOf(json).flatMap(([name, inner]) => (asksForSecret(inner, references) ? [name] : [])),
  )
}

/** Whether a part of a JSON Schema takes names that it does not list. */
const takesOthers = (part: unknown): boolean => {
  if (Array.isArray(part)) return part.some(takesOthers)
  if (!isRecord(part)) return false
  const { additionalProperties, anyOf, oneOf, allOf, $ref } = part
  return isRecord(additionalProperties) || $ref !== undefined || [anyOf, oneOf, allOf].some(takesOthers)
}

/** The names that a schema of variables lists, whatever others it takes. */
export const namesDeclared = (schema: z.ZodType): ReadonlySet<string> =>
  new Set(propertiesOf(inputOf(schema)).map(([name]) => name))

/** The names of variables that a schema of variables reads; none for one that takes anything and looks at nothing. */
export const namesRead = (schema: z.ZodType): ReadonlySet<string> | 'all' => {
  const json = inputOf(schema)
  return takesOthers(json) ? 'all' : namesDeclared(schema)
}

/**
 * One host, named by a pattern or a pick; for `ctx.on`.
 *
 * @example
 * params: z.object({ from: hostSelector().describe('the master to copy from') })
 */
export const hostSelector = () => z.custom<Selector>(isSelector, 'a host pattern is needed')

/** An absolute path on a host. */
export const remotePath = () =>
  z.string().regex(/^\/[^\0\n]*$/, 'an absolute path is needed, such as /etc/hosts')

/** A file mode: octal digits as text, three or four of them, or five that begin with 0. YAML and JavaScript read a bare 0644 as a number, so numbers are refused. */
export const fileMode = () =>
  z
    .string({ error: "octal digits as text are needed, such as '0644'" })
    .regex(/^(?:[0-7]{3,4}|0[0-7]{4})$/, "octal digits as text are needed, such as '0644'")
    .transform((digits) => digits.padStart(4, '0'))

/** Truth as the command line and YAML write it: true, false, yes, no, 1, 0. */
export const flag = () => z.union([z.boolean(), z.stringbool()])

const wordList = z.array(z.string())

/** A JSON list of words, when a text is one. */
const listIn = (text: string): string[] | undefined => {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    return wordList.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** A list of words; on the command line they are parted by commas, or written as a JSON list. */
export const words = () =>
  z.union([
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
