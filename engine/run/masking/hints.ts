/**
 * Hints that a text may contain a secret, which are fast to find; the text around them is then decoded in all ways.
 * Pure.
 */
import { looseOf } from './loose.ts'
import { otherReadings, writtenBytes } from './loose-forms.ts'

/** The hints for a secret. */
export interface Hints {
  /** In the form of {@link looseViews}. */
  readonly letters: readonly string[]
  /** Whether the secret can be there without a hint, because it has too few letters and digits. */
  readonly blind: boolean
}

/**
 * What a text contains if it contains a form of a secret in any encoding. It is fast to search for, but is not the
 * form itself: ordinary text can contain it.
 *
 * @param inBase64 returns the fixed part of bytes in base64.
 * @param fewest minimum letters of a hint.
 */
export const hintsOf = (
  secret: string,
  forms: readonly string[],
  inBase64: (bytes: Buffer) => string[],
  fewest: number,
): Hints => {
  const letters = [
    ...writtenBytes(secret, inBase64),
    ...forms.flatMap((form) => [looseOf(form), ...otherReadings(form)]),
  ]
  return {
    letters: [...new Set(letters)].filter((text) => text.length >= fewest),
    blind: [looseOf(secret), looseOf(secret, true)].some((text) => text.length < fewest),
  }
}
