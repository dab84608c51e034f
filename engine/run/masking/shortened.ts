import type { Redactor } from './redactor.ts'

/** Maximum characters of a message; a longer one quotes a script. */
const longestMessage = 1200

/** Masks a message and then shortens it; in the other order, the beginning of a secret would not be recognized. */
export const shortened = (redactor: Redactor, message: string): string => {
  const text = redactor.text(message)
  return text.length > longestMessage ? `${text.slice(0, longestMessage)} …` : text
}
