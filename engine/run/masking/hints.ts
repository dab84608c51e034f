/** What says quickly that a text may hold a secret, so that it is read in every way there. Pure. */
import { looseOf } from './loose.ts'
import { otherReadings, writtenBytes } from './loose-forms.ts'

/** What says that something may be in a text. */
export interface Hints {
  /** As they stand in {@link looseViews}. */
  readonly letters: readonly string[]
  /** Whether it may be there without any of these: it has too few letters and digits. */
  readonly blind: boolean
}

/**
 * What a text holds, if it holds a form of a secret in any way of writing it: quick to look for, and not the form itself,
 * since ordinary words hold it too.
 *
 * @param inBase64 what is certain of bytes in base64.
 * @param fewest letters of a hint.
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
