/** The helpers that `strict-template.ts` puts into a template: they read variables and write values, and know their places. */
import { isSecret, nearest } from '../../../engine/index.ts'
import type { CoxswainError } from '../../../engine/index.ts'
import { builtinHelpers } from './helpers.ts'
import { ownBlock } from './partials.ts'
import { helperNames } from './strict-template.ts'
import { noText, revealedDeeply } from './template-values.ts'

/** A place in a template. */
export interface Spot {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A helper of a playbook. It gets the values of its call, with secrets revealed. */
export type Helper = (...values: readonly unknown[]) => unknown

/** What the helpers of one rendering share. */
export interface StrictHelperInput {
  readonly own: Readonly<Record<string, Helper>>
  /** Makes an error at a place. */
  readonly invalid: (spot: Spot, message: string, hint?: string) => CoxswainError
  /** Called when a secret is revealed. */
  readonly onSecret: () => void
  /** Called before a partial is called. */
  readonly onPartial: (spot: Spot, name: string) => void
}

/** An own property of a value. Inherited properties are not available to templates. */
const partOf = (value: unknown, key: string): { readonly part: unknown } | undefined => {
  if (typeof value === 'string') return key === 'length' ? { part: value.length } : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Map) return value.has(key) ? { part: value.get(key) } : undefined
  return Object.hasOwn(value, key) ? { part: Reflect.get(value, key) } : undefined
}

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []

/**
 * Why `{{#each}}` cannot iterate over a value; undefined for lists and maps, and for undefined, which is an optional variable and counts as
 * an empty list.
 */
const noList = (value: unknown): string | undefined => {
  if (value === undefined) return undefined
  if (value === null) return 'null'
  if (value instanceof Date) return 'a date'
  if (typeof value === 'object') return undefined
  return typeof value === 'string' ? 'text' : `a ${typeof value}`
}

/** Registers a helper: a function of the values of a call and its options. */
type Register = (name: string, helper: (...given: unknown[]) => unknown) => void

/** Registers the helpers. */
export const registerStrictHelpers = (
  register: Register,
  { own, invalid, onSecret, onPartial }: StrictHelperInput,
): void => {
  const revealed = (value: unknown): unknown => {
    if (!isSecret(value)) return value
    onSecret()
    return value.reveal()
  }
  const plainly = (value: unknown): unknown => (Array.isArray(value) ? value.map(plainly) : revealed(value))
  /** A helper whose first values are the text of an expression and its place. */
  const placed = (
    name: string,
    work: (
      at: { readonly original: string; readonly spot: Spot },
      values: readonly unknown[],
      options: unknown,
    ) => unknown,
  ): void =>
    register(name, (...given: unknown[]) => {
      const [original, line, column, file, ...values] = given.slice(0, -1)
      const spot = { file: String(file), line: Number(line), column: Number(column) }
      return work({ original: String(original), spot }, values, given.at(-1))
    })
  placed(helperNames.read, ({ original, spot }, [base, ...keys]) =>
    keys.map(String).reduce<unknown>((value, key) => {
      const found = partOf(value, key)
      if (found !== undefined) return revealed(found.part)
      const guess = nearest(key, keysOf(value))
      throw invalid(
        spot,
        `uses a variable that is not set: ${original}`,
        guess === undefined ? undefined : `did you mean ${guess}?`,
      )
    }, base),
  )
  placed(helperNames.optional, (_, [base, ...keys]) =>
    keys.map(String).reduce<unknown>((value, key) => revealed(partOf(value, key)?.part), base),
  )
  placed(helperNames.write, ({ original, spot }, [value]) => {
    const written = plainly(value)
    const wrong = noText(written)
    // a string, because Handlebars adds adjacent numbers
    if (wrong === undefined) return String(written)
    throw invalid(
      spot,
      `cannot write ${original}: it ${wrong}`,
      `set a value, or write it inside {{#if ${original}}} … {{/if}}`,
    )
  })
  placed(helperNames.list, ({ original, spot }, [value, hasElse]) => {
    const wrong = value === null && hasElse !== undefined ? undefined : noList(value)
    if (wrong === undefined) return value
    throw invalid(
      spot,
      `cannot use ${original} in {{#each}}: it is ${wrong}`,
      value === null
        ? `set a list, or write {{else}} or {{#if ${original}}} for null`
        : '{{#each}} takes a list or a map',
    )
  })
  placed(helperNames.value, ({ original, spot }, [name, ...values]) => {
    const helper = own[String(name)] ?? builtinHelpers[String(name)]
    try {
      return helper?.(...values.map((value) => revealedDeeply(value, revealed)))
    } catch (error) {
      throw invalid(
        spot,
        `cannot call ${original}: ${error instanceof Error ? error.message : String(error)}`,
        Object.hasOwn(own, String(name))
          ? 'fix the value, or the helper of the playbook'
          : 'fix the value or the call: docs/templates.md has what each helper takes',
      )
    }
  })
  placed(helperNames.data, ({ original, spot }, [name, depth], options) => {
    const frames = Array.from({ length: Number(depth) })
    const frame = frames.reduce((inner) => partOf(inner, '_parent')?.part, partOf(options, 'data')?.part)
    const found = partOf(frame, String(name))
    if (found !== undefined) return found.part
    throw invalid(
      spot,
      `uses a variable that does not exist here: ${original}`,
      '@index, @key, @first and @last exist inside {{#each}}; ../ refers to the enclosing {{#each}}',
    )
  })
  placed(helperNames.around, ({ original, spot }, [value]) => {
    if (value !== undefined) return value
    throw invalid(
      spot,
      `refers to an enclosing block that does not exist: ${original}`,
      'each ../ goes out of one {{#each}} or {{#with}}',
    )
  })
  placed(helperNames.partial, ({ original, spot }, _, options) => {
    onPartial(spot, original)
    // Handlebars looks for this helper only if its name is in the template
    return original === ownBlock ? partOf(partOf(options, 'data')?.part, 'partial-block')?.part : original
  })
}
