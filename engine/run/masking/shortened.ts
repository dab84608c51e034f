import type { Redactor } from './redactor.ts'

/** Characters of a message; a longer one quotes a command that is a script. */
const longestMessage = 1200

/** A message masked and then cut, in this order: the beginning of a secret would not be known again. */
export const shortened = (redactor: Redactor, message: string): string => {
  const text = redactor.text(message)
  return text.length > longestMessage ? `${text.slice(0, longestMessage)} …` : text
}
