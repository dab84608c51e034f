/** Which reading of a scalar a schema wants: the text that stands in the source, or what Ansible reads. Pure. */
import { z } from 'zod'
import { isSecret } from '../../secret.ts'
import type { Scalar } from '../scalar.ts'
import type { ScalarValue } from '../yaml/readings.ts'

/** A value for a schema, or why none can be given to it. */
export type Choice = { readonly value: unknown } | { readonly problem: string }

/** What errors may tell of a value: all of it, only what names another variable (`{{ name }}`), or nothing. */
export type Shown = 'all' | 'references' | 'nothing'

/** Whether an error may tell a text. */
const tells = (schema: z.core.$ZodType, text: string, shown: Shown): boolean => {
  if (shown === 'nothing') return false
  if (/^\{\{[\w\s.|[\]-]+\}\}$/.test(text)) return true
  return shown === 'all' && !isSecret(attempt(schema, text)?.output)
}

/** What a schema makes of a value; undefined when it refuses it. */
const attempt = (schema: z.core.$ZodType, value: unknown): { readonly output: unknown } | undefined => {
  const parsed = z.safeParse(schema, value)
  return parsed.success ? { output: parsed.data } : undefined
}

/** The same, and nothing for a whole number that the schema would round. */
const exactly = (schema: z.core.$ZodType, value: unknown, read: ScalarValue): ReturnType<typeof attempt> => {
  const made = attempt(schema, value)
  return typeof read === 'bigint' && typeof made?.output === 'number' ? undefined : made
}

const nameOf = (value: ScalarValue): string =>
  value instanceof Date ? 'a date' : typeof value === 'string' ? 'text' : String(value)

/** What a person writes to mean a value, and nothing else. */
const unmistakable = (value: ScalarValue): string =>
  value instanceof Date ? 'a time in full, and read it as a date' : String(value)

/** Whether two outputs of a schema are of one kind, so that it does not tell text from other values. */
const sameKind = (one: unknown, other: unknown): boolean => typeof one === typeof other

/**
 * The reading of a scalar that a schema wants. Where it takes text, that is the text in the source; where it takes
 * something else, what Ansible reads. Where it takes both and keeps them apart, only what has one meaning is read.
 *
 * @param shown what errors may tell of the value.
 */
export const chooseReading = (schema: z.core.$ZodType, scalar: Scalar, shown: Shown): Choice => {
  const { text, value, other, template, ambiguous, plain } = scalar
  const named = tells(schema, text, shown) ? text : 'the value'
  if (template) {
    return {
      problem: `${named} holds an expression of Jinja ({{ … }}), which is not evaluated: write the value itself, or !unsafe '…' (YAML) for text with braces`,
    }
  }
  // what is text to Ansible may be a number to YAML 1.2
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
    const meaning = `${named} may mean the text or ${nameOf(valued)}`
    return {
      problem: `${meaning}: put it in quotes for the text, or write ${named === text ? unmistakable(valued) : 'it in full'}`,
    }
  }
  if (asText !== undefined) return { value: text }
  return { value: typeof value === 'string' ? text : value }
}
