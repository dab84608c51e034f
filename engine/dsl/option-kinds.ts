/** Kinds of option values, and checks of options at run time, because playbooks can be plain JavaScript. Pure. */
import { z } from 'zod'
import { CoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { refuseMasks } from './parse-params.ts'

/** The kind of an option's value. */
export interface Kind {
  readonly fits: (value: unknown) => boolean
  readonly hint: string
  /** Whether its text is sent to hosts: then it must not contain the mask of a secret. */
  readonly sent?: true
}

export type Kinds<Options> = Readonly<Record<keyof Options, Kind>>

const isText = (value: unknown): value is string => typeof value === 'string'
export const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const textKind: Kind = { fits: isText, hint: 'it is text' }
export const wordsKind: Kind = {
  fits: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
  hint: 'it is a word, or a list of words',
}
export const booleanKind: Kind = { fits: (value) => typeof value === 'boolean', hint: 'it is true or false' }
export const becomeKind: Kind = {
  fits: (value) => typeof value === 'boolean' || isText(value),
  hint: 'it is the name of a user, true for root, or false for the login user',
  sent: true,
}
export const envKind: Kind = {
  fits: (value) => isRecord(value) && Object.values(value).every(isText),
  hint: 'it maps names to text: { LANG: "C" }',
  sent: true,
}
export const folderKind: Kind = { ...textKind, sent: true }
export const secondsKind: Kind = {
  fits: (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
  hint: 'it is a number of seconds above 0',
}
export const countKind: Kind = {
  fits: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1,
  hint: 'it is an integer from 1',
}
export const userNumberKind: Kind = {
  fits: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
  hint: 'it is a numeric user ID',
}
export const listKind: Kind = { fits: Array.isArray, hint: 'it is a list of tasks and other steps' }
export const functionKind = (hint: string): Kind => ({ fits: (value) => typeof value === 'function', hint })
export const recordKind: Kind = { fits: isRecord, hint: 'it is an object: { name: … }' }
export const oneOfKind = (...choices: readonly string[]): Kind => ({
  fits: (value) => isText(value) && choices.includes(value),
  hint: `it is one of ${choices.join(', ')}`,
})
/** Checked where it is used. */
export const checkedElsewhere: Kind = { fits: () => true, hint: '' }

export const schemaKind: Kind = {
  fits: (value) => value instanceof z.ZodType,
  hint: 'it is a schema: z.object({ … })',
}

const shown = (value: unknown): string =>
  typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value))

/**
 * Refuses unknown options and invalid values.
 *
 * @param about whose options they are, for the error.
 * @param needed the options that must be there.
 * @throws `playbook-invalid` with the nearest name, or the allowed values.
 */
export const checkOptions = (
  about: string,
  options: object,
  kinds: Readonly<Record<string, Kind>>,
  needed: readonly string[] = [],
): void => {
  for (const [key, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined
    if (kind === undefined) {
      const known = Object.keys(kinds)
      const guess = nearest(key, known)
      throw new CoxswainError('playbook-invalid', `${about}: unknown option ${key}`, {
        hint: guess === undefined ? `options: ${known.join(', ')}` : `did you mean ${guess}?`,
      })
    }
    if (kind.sent === true) refuseMasks(about, { [key]: value })
    if (value === undefined || kind.fits(value)) continue
    throw new CoxswainError('playbook-invalid', `${about}: ${key} is ${shown(value)}`, { hint: kind.hint })
  }
  // after the others: a misspelt name is named as that
  const missing = needed.find((key) => Reflect.get(options, key) === undefined)
  if (missing !== undefined)
    throw new CoxswainError('playbook-invalid', `${about}: ${missing} is missing`, {
      hint: kinds[missing]?.hint,
    })
}
