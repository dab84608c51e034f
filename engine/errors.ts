/**
 * Every failure that Coxswain explains to a person: one class.
 *
 * A code decides the exit status and, unless the thrower knows better, the hint (`error-codes.ts`). The class is branded with
 * `Symbol.for`, so that an error from a second copy of the engine is still recognised.
 */
import { exitCodes, explain } from './error-codes.ts'
import type { ErrorCode, ExitCode } from './error-codes.ts'

/** Where in a text file an error is: line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** The offending source line, shown with a caret under `column`. */
  readonly excerpt?: string
}

export interface ErrorDetails {
  readonly host?: string | undefined
  readonly task?: string | undefined
  readonly place?: Place | undefined
  readonly hint?: string | undefined
  /** What a failed command printed, or other text worth showing below the message. */
  readonly output?: string | undefined
  readonly cause?: unknown
}

const brand = Symbol.for('coxswain.error')

/**
 * An error with a code, a place and a way out.
 *
 * @example
 * throw new CoxswainError('connect-failed', 'no answer from 10.0.0.7:22', { host: 'm1', cause })
 */
export class CoxswainError extends Error {
  readonly [brand] = true
  override readonly name = 'CoxswainError'
  readonly code: ErrorCode
  readonly host: string | undefined
  readonly task: string | undefined
  readonly place: Place | undefined
  readonly hint: string
  readonly output: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.host = details.host
    this.task = details.task
    this.place = details.place
    this.hint = details.hint ?? explain(code).hint
    this.output = details.output
  }

  /**
   * The same error with the host, the task and the place where it struck; what is known already is kept.
   *
   * @param where `about` is put before the message.
   */
  at(
    where: Pick<ErrorDetails, 'host' | 'task' | 'place'> & { readonly about?: string | undefined },
  ): CoxswainError {
    const { code, hint, output, cause, stack } = this
    const message = where.about === undefined ? this.message : `${where.about}: ${this.message}`
    const told = new CoxswainError(code, message, {
      host: this.host ?? where.host,
      task: this.task ?? where.task,
      place: this.place ?? where.place,
      hint,
      output,
      cause,
    })
    // where it came from, not where it was told
    if (stack !== undefined) told.stack = stack
    return told
  }
}

/** Whether a caught value is a {@link CoxswainError}, of this or another copy of the engine. */
export const isCoxswainError = (value: unknown): value is CoxswainError =>
  typeof value === 'object' && value !== null && brand in value

/** The exit status that an error calls for. */
export const exitCodeOf = (error: unknown): ExitCode =>
  isCoxswainError(error) ? explain(error.code).exit : exitCodes.failed

/** Any caught value as a {@link CoxswainError}; what is not one becomes `code` with the original as its cause. */
export const toCoxswainError = (value: unknown, code: ErrorCode = 'internal'): CoxswainError => {
  if (isCoxswainError(value)) return value
  if (!(value instanceof Error)) return new CoxswainError(code, String(value), { cause: value })
  const error = new CoxswainError(code, value.message, { cause: value })
  if (value.stack !== undefined) error.stack = value.stack
  return error
}
