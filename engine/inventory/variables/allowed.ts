/** What a variable can be, in words: its range, and the nearest of the allowed words. Pure. */
import { z } from 'zod'
import { issueText } from '../../dsl/issue-text.ts'
import { nearest } from '../nearest.ts'
import { partOf, unwrapped } from './parts.ts'

/** The bounds of a number; undefined for a bound that the schema does not have. */
const boundsOf = (schema: z.core.$ZodType) => {
  if (!(schema instanceof z.ZodNumber)) return undefined
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, type } = z.toJSONSchema(schema)
  const given = (bound: number | boolean | undefined): number | undefined =>
    // the bounds of integers that JavaScript holds exactly
    typeof bound === 'number' && Math.abs(bound) !== Number.MAX_SAFE_INTEGER ? bound : undefined
  return {
    noun: type === 'integer' ? 'an integer' : 'a number',
    from: given(minimum),
    to: given(maximum),
    above: given(exclusiveMinimum),
    below: given(exclusiveMaximum),
  }
}

/** The range of numbers that a schema accepts; undefined for another schema, and for one without bounds. */
const rangeText = (schema: z.core.$ZodType): string | undefined => {
  const bounds = boundsOf(schema)
  if (bounds === undefined) return undefined
  const { noun, from, to, above, below } = bounds
  if (from !== undefined && to !== undefined) return `${noun} from ${from} to ${to}`
  const limits = [
    from !== undefined && `at least ${from}`,
    above !== undefined && `more than ${above}`,
    to !== undefined && `at most ${to}`,
    below !== undefined && `less than ${below}`,
  ].filter((limit) => limit !== false)
  return limits.length === 0 ? undefined : `${noun}, ${limits.join(' and ')},`
}

/** The words that an issue allows; empty if it is not about words. */
const wordsOf = (issue: z.core.$ZodIssue): readonly string[] => {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  if (issue.code === 'invalid_type') return issue.expected === 'boolean' ? ['true', 'false'] : []
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(wordsOf) : []
}

/** The part of a schema at a path. */
const partAt = (schema: z.core.$ZodType, [key, ...rest]: readonly PropertyKey[]): z.core.$ZodType => {
  const inner = unwrapped(schema)
  if (key === undefined) return inner
  const part = partOf(inner, typeof key === 'number' ? key : String(key))
  return part === undefined ? z.unknown() : partAt(part, rest)
}

/**
 * What is needed instead of a value.
 *
 * @param schema of all variables.
 * @example
 * neededText(schema, issue) // 'an integer from 1 to 65535 is needed'
 */
export const neededText = (schema: z.core.$ZodType, issue: z.core.$ZodIssue): string => {
  const text = issueText(issue)
  const aboutNumber =
    issue.code === 'too_small' || issue.code === 'too_big' || /^an? \w+ is needed$/.test(text)
  const range = aboutNumber ? rangeText(partAt(schema, issue.path)) : undefined
  return range === undefined ? text : `${range} is needed`
}

/** The nearest of the words that an issue allows; undefined if it allows no words, or none is near. */
export const nearestAllowed = (issue: z.core.$ZodIssue, value: string): string | undefined =>
  nearest(value, wordsOf(issue))
