import { inspect } from 'node:util'
import { blamed } from '../authors-place.ts'
import { isCoxswainError } from '../errors.ts'
import type { ReportedError } from './events.ts'
import type { Redactor } from './masking/redactor.ts'

const causesOf = (error: unknown): string[] => {
  if (!(error instanceof Error) || error.cause === undefined) return []
  const { cause } = error
  return [cause instanceof Error ? cause.message : inspect(cause), ...causesOf(cause)]
}

/** Characters of a message; a longer one quotes a command that is a script. */
const longestMessage = 1200

/** Masked and then cut: the beginning of a secret would not be known again. */
const shortened = (redactor: Redactor, message: string): string => {
  const text = redactor.text(message)
  return text.length > longestMessage ? `${text.slice(0, longestMessage)} …` : text
}

/** An error as reporters take it, masked. */
export const reportError = (error: unknown, redactor: Redactor): ReportedError => {
  const { code, message, hint, host, task, place, output, stack } = blamed(error)
  const original = isCoxswainError(error) || !(error instanceof Error) ? stack : error.stack
  return {
    code,
    message: shortened(redactor, message),
    hint: redactor.text(hint),
    host,
    task: redactor.maybe(task),
    place: place?.excerpt === undefined ? place : { ...place, excerpt: redactor.text(place.excerpt) },
    output: redactor.maybe(output),
    causes: causesOf(error).map((cause) => shortened(redactor, cause)),
    stack: redactor.maybe(original),
  }
}
