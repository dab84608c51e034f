import { inspect } from 'node:util'
import { blamed } from '../authors-place.ts'
import { isCoxswainError } from '../errors.ts'
import type { ReportedError } from './events.ts'
import type { Redactor } from './masking/redactor.ts'
import { shortened } from './masking/shortened.ts'

const causesOf = (error: unknown): string[] => {
  if (!(error instanceof Error) || error.cause === undefined) return []
  const { cause } = error
  return [cause instanceof Error ? cause.message : inspect(cause), ...causesOf(cause)]
}

/** Converts an error for reporters, with secrets masked. */
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
