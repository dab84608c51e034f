/** Texts of several lines in TypeScript. */
import { CoxswainError } from '../errors.ts'
import { Secret, isSecret } from '../secret.ts'

/** What a text can be made of. A list is a line for each item. */
export type TextValue = string | number | bigint | boolean | Secret | readonly TextValue[]

/** A text, or a secret if one of its values is, or can be, one. */
export type TextOf<Values extends readonly TextValue[]> =
  Extract<Values[number], Secret> extends never ? string : Secret

/** The blanks at the start of each line that all lines of a literal share. */
const marginOf = (parts: readonly string[]): number => {
  // a line that begins with a value is not blank
  const lines = parts.join('\u0001').split('\n').slice(1)
  const margins = lines.flatMap((line) => (line.trim() === '' ? [] : [/^[ \t]*/.exec(line)?.[0].length ?? 0]))
  return Math.min(...margins, Infinity)
}

const withoutMargin = (part: string, margin: number): string => {
  const [first = '', ...others] = part.split('\n')
  return [
    first,
    ...others.map((line) => line.slice(Math.min(margin, /^[ \t]*/.exec(line)?.[0].length ?? 0))),
  ].join('\n')
}

/** A value as text. */
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join('\n')
  if (isSecret(value)) return value.reveal()
  if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return String(value)
  const what = value === null || value === undefined ? String(value) : `a ${typeof value}`
  throw new CoxswainError('template-invalid', `a value of a text is ${what}`, {
    hint: 'set it, or write a condition: ${value ?? "default"}',
  })
}

const hasSecret = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(hasSecret) : isSecret(value)

/** The text of a literal and its values. */
const filled = (parts: readonly string[], values: readonly unknown[]): string => {
  const margin = marginOf(parts)
  const [first = '', ...others] = parts.map((part) => withoutMargin(part, margin))
  let made = first.replace(/^[ \t]*\n/, '')
  for (const [index, part] of others.entries()) {
    const line = made.slice(made.lastIndexOf('\n') + 1)
    const indent = /^[ \t]*/.exec(line)?.[0] ?? ''
    made += textOf(values[index]).replaceAll(/\n(?=[^\n])/g, `\n${indent}`) + part
  }
  return made.replace(/\n[ \t]*$/, '\n')
}

/**
 * A text of several lines, without the indentation of the code around it. The line end after the first backtick and the blanks before the
 * last one are left out. The lines of a value are indented as its first one; a list is a line for each item. With a secret in it, the
 * text is a `Secret`.
 *
 * @example
 * text`
 *   listen ${port};
 *   ${servers.map((one) => `server ${one};`)}
 * `
 * @throws `template-invalid` for undefined and null.
 */
export function text<const Values extends readonly TextValue[]>(
  parts: TemplateStringsArray,
  ...values: Values
): TextOf<Values>
export function text(parts: TemplateStringsArray, ...values: readonly TextValue[]): string | Secret {
  const made = filled(parts, values)
  return hasSecret(values) ? new Secret(made) : made
}
