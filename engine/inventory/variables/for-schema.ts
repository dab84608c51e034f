/** Prepares values of variables for a schema. Pure. */
import { z } from 'zod'
import type { Place } from '../../errors.ts'
import { isSecret } from '../../secret.ts'
import { looksSecretName } from './secret-name.ts'
import { Scalar } from '../scalar.ts'
import { mapScalars } from '../scalar-tree.ts'
import { isSealed } from '../secrets/sealed.ts'
import { chooseReading } from './choose.ts'
import type { Shown } from './choose.ts'
import { optionsOf, partOf, unwrapped } from './parts.ts'

/** A part of a value that cannot be read. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly place: Place
}

/** A value for a schema, and its parts that cannot be read. */
export interface Fitted {
  readonly value: unknown
  readonly problems: readonly Problem[]
}

/** The path of a part, and what errors can show of it. */
interface PartContext {
  readonly path: readonly PropertyKey[]
  readonly shown: Shown
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isSealed(value) && !isSecret(value)

const plainOf = (written: unknown): unknown => mapScalars(written, ({ plain }) => plain)

const below = ({ path, shown }: PartContext, key: PropertyKey): PartContext => ({
  path: [...path, key],
  shown: shown === 'all' && looksSecretName(String(key)) ? 'references' : shown,
})

/** Fits the value to the first option of a union that accepts it. */
const fitUnion = (options: readonly z.core.$ZodType[], written: unknown, way: PartContext): Fitted => {
  let withProblems: Fitted | undefined
  for (const option of options) {
    const fitted = fitWritten(option, written, way)
    if (!z.safeParse(option, fitted.value).success) continue
    if (fitted.problems.length === 0) return fitted
    withProblems ??= fitted
  }
  return withProblems ?? { value: plainOf(written), problems: [] }
}

const fitWritten = (schema: z.core.$ZodType | undefined, written: unknown, way: PartContext): Fitted => {
  if (schema === undefined) return { value: plainOf(written), problems: [] }
  if (written instanceof Scalar) {
    const choice = chooseReading(schema, written, way.shown)
    if ('value' in choice) return { value: choice.value, problems: [] }
    const problem = { path: way.path, message: choice.problem, place: choice.place ?? written.place }
    return { value: written.plain, problems: [problem] }
  }
  if (!Array.isArray(written) && !isMap(written)) return { value: written, problems: [] }
  const inner = unwrapped(schema)
  const options = optionsOf(inner)
  if (options !== undefined) return fitUnion(options, written, way)
  if (Array.isArray(written)) {
    const items = written.map((item, index) => fitWritten(partOf(inner, index), item, below(way, index)))
    return { value: items.map(({ value }) => value), problems: items.flatMap(({ problems }) => problems) }
  }
  const entries = Object.entries(written).map(
    ([key, item]) => [key, fitWritten(partOf(inner, key), item, below(way, key))] as const,
  )
  return {
    value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
    problems: entries.flatMap(([, { problems }]) => problems),
  }
}

/**
 * Prepares the value of a variable for a schema: each scalar is text, or the value that Ansible reads.
 *
 * @param schema of the variable; undefined if nothing reads it.
 * @param shown what errors can show of the value; less for parts whose name suggests a secret.
 */
export const fitValue = (
  schema: z.core.$ZodType | undefined,
  written: unknown,
  name: string,
  shown: Shown,
): Fitted => fitWritten(schema, written, below({ path: [], shown }, name))
