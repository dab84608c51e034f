/**
 * The class of all errors that Coxswain reports.
 *
 * The code determines the exit status and the default hint (`error-codes.ts`). The class is branded with
 * `Symbol.for`, so that an error from another copy of the engine is recognised.
 */
import { explain } from './error-codes.ts'
import { exitCodes } from './exit-codes.ts'
import type { ErrorCode } from './error-codes.ts'
import type { ExitCode } from './exit-codes.ts'

/** A place in a text file; lines and columns count from 1. */
export interface Place {
  /** The path of the file. */
  readonly file: string
  /** The line, from 1. */
  readonly line?: number
  /** The column, from 1. */
  readonly column?: number
  /** The offending source line, shown with a caret under `column`. */
  readonly excerpt?: string
}

/** What an error says in addition to its code and message. */
export interface ErrorDetails {
  /** The name of the host that it happened on. */
  readonly host?: string | undefined
  /** The title of the task that failed. */
  readonly task?: string | undefined
  /** The place in the file that has to be fixed. */
  readonly place?: Place | undefined
  /** What to do about it; by default the hint of the code. */
  readonly hint?: string | undefined
  /** The output of a failed command, or other text to show below the message. */
  readonly output?: string | undefined
  /** The error that led to this one. */
  readonly cause?: unknown
}

const brand = Symbol.for('coxswain.error')

/**
 * An error with a code, a place and a hint.
 *
 * @example
 * throw new CoxswainError('connect-failed', 'no answer from 10.0.0.7:22', { host: 'm1', cause })
 */
export class CoxswainError extends Error {
  readonly [brand] = true
  /** Always `CoxswainError`. */
  override readonly name = 'CoxswainError'
  /** Its code, which determines the exit status: a row of the table in docs/errors.md. */
  readonly code: ErrorCode
  /** The name of the host that it happened on. */
  readonly host: string | undefined
  /** The title of the task that failed. */
  readonly task: string | undefined
  /** The place in the file that has to be fixed. */
  readonly place: Place | undefined
  /** What to do about it. */
  readonly hint: string
  /** The output of a failed command, or other text to show below the message. */
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

  /** Returns the error with host, task and place added; existing values are kept. */
  at(
    where: Pick<ErrorDetails, 'host' | 'task' | 'place'> & {
      /** What the error is about: a prefix of the message, before a colon. */
      readonly about?: string | undefined
    },
  ): CoxswainError {
    const { code, hint, output, cause, stack } = this
    const message = where.about === undefined ? this.message : `${where.about}: ${this.message}`
    const located = new CoxswainError(code, message, {
      host: this.host ?? where.host,
      task: this.task ?? where.task,
      place: this.place ?? where.place,
      hint,
      output,
      cause,
    })
    // the stack trace of the original error
    if (stack !== undefined) located.stack = stack
    return located
  }
}

/** Whether a caught value is a {@link CoxswainError}, of this or another copy of the engine. */
export const isCoxswainError = (value: unknown): value is CoxswainError =>
  typeof value === 'object' && value !== null && brand in value

/** The exit status for an error. */
export const exitCodeOf = (error: unknown): ExitCode =>
  isCoxswainError(error) ? explain(error.code).exit : exitCodes.failed

/**
 * Converts a caught value to a {@link CoxswainError}; another value becomes an error with `code` and the value as its
 * cause.
 */
export const toCoxswainError = (value: unknown, code: ErrorCode = 'internal'): CoxswainError => {
  if (isCoxswainError(value)) return value
  if (!(value instanceof Error)) return new CoxswainError(code, String(value), { cause: value })
  const error = new CoxswainError(code, value.message, { cause: value })
  if (value.stack !== undefined) error.stack = value.stack
  return error
}
