/** Values of variables as a schema wants them. Pure. */
import { z } from 'zod'
import type { Place } from '../../errors.ts'
import { isSecret } from '../../secret.ts'
import { looksSecretName } from '../place.ts'
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

/** A value ready for a schema, and what in it cannot be read. */
export interface Fitted {
  readonly value: unknown
  readonly problems: readonly Problem[]
}

/** The way to a part, and what errors may tell of what stands there. */
interface ProxyStream {
  readonly path: readonly PropertyKey[]
  readonly shown: Shown
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isSealed(value) && !isSecret(value)

const plainOf = (written: unknown): unknown => mapScalars(written, ({ plain }) => plain)

const below = ({ path, shown }: ProxyStream, key: PropertyKey): ProxyStream => ({
  path: [...path, key],
  shown: shown === 'all' && looksSecretName(String(key)) ? 'references' : shown,
})

/** Of what a union may be, the first that takes the value. */
const fitUnion = (options: readonly z.core.$ZodType[], written: unknown, way: ProxyStream): Fitted => {
  let troubled: Fitted | undefined
  for (const option of options) {
    const fitted = fitWritten(option, written, way)
    if (!z.safeParse(option, fitted.value).success) continue
    if (fitted.problems.length === 0) return fitted
    troubled ??= fitted
  }
  return troubled ?? { value: plainOf(written), problems: [] }
}

const fitWritten = (schema: z.core.$ZodType | undefined, written: unknown, way: ProxyStream): Fitted => {
  if (schema === undefined) return { value: plainOf(written), problems: [] }
  if (written instanceof Scalar) {
    const choice = chooseReading(schema, written, way.shown)
    if ('value' in choice) return { value: choice.value, problems: [] }
    const problem = { path: way.path, message: choice.problem, place: written.place }
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
 * The value of a variable as a schema wants it: each scalar in it as text, or as what Ansible reads.
 *
 * @param schema of the variable; undefined where nothing reads it.
 * @param shown what errors may tell of the value; less where the name of a part looks like that of a secret.
 */
export const fitValue = (
  schema: z.core.$ZodType | undefined,
  written: unknown,
  name: string,
  shown: Shown,
): Fitted => fitWritten(schema, written, below({ path: [], shown }, name))
