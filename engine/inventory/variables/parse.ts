/** Parses variables with a schema. Pure. */
import { z } from 'zod'
import { miscoerced } from '../../dsl/coercion.ts'
import { parseOnce } from '../../dsl/parse-once.ts'
import { secretNames } from '../../dsl/schema.ts'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { discreet, withoutLine } from '../place.ts'
import { Scalar } from '../scalar.ts'
import type { Variable } from '../types.ts'
import { fitValue } from './for-schema.ts'
import type { Fitted, Problem } from './for-schema.ts'
import { namesPart, partOf, unwrapped } from './parts.ts'

/** Variables by the names in a schema. */
export type Given = ReadonlyMap<string, Variable>

/** The parts of every result. */
interface Notes {
  /** Places of issues by their dotted paths, if they are more exact than those of the variables. */
  readonly places: ReadonlyMap<string, Place>
  /** Variables that cannot be read, and that the schema passes through without naming them. */
  readonly late: readonly Problem[]
}

/** The output of a schema for variables, or its issues. */
export type Parsed<Output> =
  | (Notes & { readonly success: true; readonly data: Output; readonly error?: undefined })
  | (Notes & {
      readonly success: false
      readonly data?: undefined
      readonly error: { readonly issues: readonly z.core.$ZodIssue[] }
    })

/** Whether a schema expects the text of a list or map: it accepts the text, and its output is always text. */
const wantsText = (schema: z.core.$ZodType, value: unknown, text: string): boolean => {
  const asText = z.safeParse(schema, text)
  if (!asText.success || typeof asText.data !== 'string') return false
  const asValue = z.safeParse(schema, value)
  return !asValue.success || typeof asValue.data === 'string'
}

const fitted = (schema: z.core.$ZodType, name: string, variable: Variable): Fitted => {
  const { value, written = value, typed, hidden } = variable
  const part = partOf(schema, name)
  const isCollection = typed !== undefined && typeof value !== 'string' && !(written instanceof Scalar)
  if (isCollection && part !== undefined && wantsText(part, value, typed))
    return { value: typed, problems: [] }
  return fitValue(part, written, name, hidden === true ? 'nothing' : 'all')
}

/**
 * Parses variables with a schema. The schema gets each scalar as text or as the value that Ansible reads, depending on its
 * type. A scalar that cannot be read is an issue if the schema names the variable; otherwise it is an error only when the
 * variable is read.
 */
export const parseVariables = <Schema extends z.ZodType>(
  schema: Schema,
  variables: Given,
): Parsed<z.output<Schema>> => {
  const inner = unwrapped(schema)
  const values: Record<string, unknown> = {}
  const problems: Problem[] = []
  const late: Problem[] = []
  for (const [name, variable] of variables) {
    const fit = fitted(inner, name, variable)
    values[name] = fit.value
    for (const problem of fit.problems) (namesPart(inner, name) ? problems : late).push(problem)
  }
  const places = new Map(problems.map(({ path, place }) => [path.map(String).join('.'), place]))
  const parsed = parseOnce(schema, values)
  const notes = { places, late }
  // `z.coerce` would convert null to "null" or 0
  const miscoercions = miscoerced(schema, values).map(({ path, needed }) => ({
    path,
    message: needed ?? 'a value is needed, but it is empty',
  }))
  const coercions = new Set(miscoercions.map(({ path }) => path.map(String).join('.')))
  if (parsed.success && problems.length === 0 && miscoercions.length === 0)
    return { success: true, data: parsed.data, ...notes }
  // other issues of the schema with the same value are less exact
  const others = (parsed.error?.issues ?? []).filter(({ path }) => {
    const key = path.map(String).join('.')
    return !places.has(key) && !coercions.has(key)
  })
  const issues = [...problems, ...miscoercions].map(({ path, message }): z.core.$ZodIssueCustom => ({
    code: 'custom',
    path: [...path],
    message,
    input: undefined,
  }))
  return { success: false, error: { issues: [...issues, ...others] }, ...notes }
}

/** The error for reading a variable that cannot be read. */
export const unreadable = ({ path, message, place }: Problem): CoxswainError =>
  new CoxswainError('variables-invalid', `${path.map(String).join('.')}: ${message}`, {
    place: discreet(place),
    hint: 'fix the value at the place shown',
  })

/** The place of a variable, without its line if it contains a secret. */
export const placeOf = (schema: z.ZodType, variables: Given, { place, hidden }: Variable): Place => {
  if (hidden === true) return withoutLine(place)
  const here = ({ file, line }: Place): boolean => file === place.file && line === place.line
  const betrays = [...secretNames(schema)].some((name) => {
    const secret = variables.get(name)
    return secret !== undefined && here(secret.place)
  })
  return betrays ? withoutLine(place) : discreet(place)
}
