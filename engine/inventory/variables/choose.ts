/** Chooses the reading of a scalar for a schema: the text in the source, or the value that Ansible reads. Pure. */
import { z } from 'zod'
import type { Place } from '../../errors.ts'
import { isSecret } from '../../secret.ts'
import type { Scalar } from '../scalar.ts'
import type { ScalarValue } from '../yaml/readings.ts'

/** A value for a schema, or why there is none. */
export type Choice =
  | { readonly value: unknown }
  /** The place is that of the scalar by default. */
  | { readonly problem: string; readonly place?: Place }

/** What errors can show of a value: everything, only references to variables (`{{ name }}`), or nothing. */
export type Shown = 'all' | 'references' | 'nothing'

/** Whether an error can show a text. */
const canShow = (schema: z.core.$ZodType, text: string, shown: Shown): boolean => {
  if (shown === 'nothing') return false
  if (/^\{\{[\w\s.|[\]-]+\}\}$/.test(text)) return true
  return shown === 'all' && !isSecret(attempt(schema, text)?.output)
}

/** The output of a schema for a value; undefined if it refuses the value. */
const attempt = (schema: z.core.$ZodType, value: unknown): { readonly output: unknown } | undefined => {
  const parsed = z.safeParse(schema, value)
  return parsed.success ? { output: parsed.data } : undefined
}

/** The same, and undefined for an integer that the schema would round. */
const exactly = (schema: z.core.$ZodType, value: unknown, read: ScalarValue): ReturnType<typeof attempt> => {
  const made = attempt(schema, value)
  return typeof read === 'bigint' && typeof made?.output === 'number' ? undefined : made
}

const nameOf = (value: ScalarValue): string =>
  value instanceof Date ? 'a date' : typeof value === 'string' ? 'text' : String(value)

/** An unambiguous way to write a value. */
const unmistakable = (value: ScalarValue): string =>
  value instanceof Date ? 'a time in full, and read it as a date' : String(value)

/** Whether two outputs of a schema have the same type, so that it does not distinguish text from other values. */
const sameKind = (one: unknown, other: unknown): boolean => typeof one === typeof other

/**
 * Chooses the reading of a scalar. For a schema of text it is the text in the source; for another schema, the value that
 * Ansible reads. For a schema that accepts and distinguishes both, the scalar must be unambiguous.
 *
 * @param shown what errors can show of the value.
 */
export const chooseReading = (schema: z.core.$ZodType, scalar: Scalar, shown: Shown): Choice => {
  const { text, value, other, template, failure, ambiguous, plain } = scalar
  const named = canShow(schema, text, shown) ? text : 'the value'
  if (failure !== undefined) return { problem: `${named.trim()}: ${failure.message}`, place: failure.place }
  if (template) {
    return {
      problem: `${named} contains a Jinja expression ({{ … }}), which is not evaluated: write the value itself, or !unsafe '…' (YAML) for text with braces`,
    }
  }
  // text in Ansible can be a number in YAML 1.2
  const valued = typeof value === 'string' ? (other ?? value) : value
  const [asText, asValue] = [exactly(schema, text, value), exactly(schema, valued, value)]
  if (typeof value === 'bigint' && asText === undefined && asValue === undefined)
    return { problem: `${named} is too large for a number: read it as text (z.string()) or with z.bigint()` }
  if (asText !== undefined && asValue !== undefined && asText.output !== undefined) {
    const { output } = asText
    if (isSecret(output) || (typeof output === 'string' && typeof asValue.output === 'string'))
      return { value: text }
    if (sameKind(output, asValue.output)) return { value: typeof value === 'string' ? text : value }
    if (!ambiguous) return { value: plain }
    const meaning = `${named} can mean the text or ${nameOf(valued)}`
    return {
      problem: `${meaning}: quote it for the text, or write ${named === text ? unmistakable(valued) : 'it in full'}`,
    }
  }
  if (asText !== undefined) return { value: text }
  return { value: typeof value === 'string' ? text : value }
}
