/** Sets of error codes. Each is derived from a column of the table, as a type and as a predicate. */
import { explain } from './error-codes.ts'
import { exitCodes } from './exit-codes.ts'
import type { ErrorCode, errorTable } from './error-codes.ts'
import type { ErrorRow } from './error-row.ts'

type Table = typeof errorTable

/** The codes whose row has these values. */
type CodesWith<Columns extends Partial<ErrorRow>> = {
  [Code in ErrorCode]: Table[Code] extends Columns ? Code : never
}[ErrorCode]

/** Codes of errors that the user can fix. */
export type UserErrorCode = CodesWith<{ readonly fault: 'user' }>
/** Codes of unreachable hosts. */
export type ConnectionErrorCode = CodesWith<{ readonly exit: typeof exitCodes.unreachable }>
/** Codes after which a task with `retry` is tried again. */
export type RetryableErrorCode = CodesWith<{ readonly retryable: true }>
/** Codes that are an answer of the host when a check selects hosts. */
export type AnswerErrorCode = CodesWith<{ readonly answers: true }>
/** Codes that can disappear while a task waits. */
export type PassingErrorCode = CodesWith<{ readonly passes: true }>
/** Codes of mistakes in code of the author. */
export type AuthorErrorCode = CodesWith<{ readonly byAuthor: true }>
/** Codes that a predicted change can cause under `--check`. */
export type ExcusableErrorCode = CodesWith<{ readonly excusable: true }>

export const isUserError = (code: ErrorCode): code is UserErrorCode => explain(code).fault === 'user'

export const isConnectionError = (code: ErrorCode): code is ConnectionErrorCode =>
  explain(code).exit === exitCodes.unreachable

export const isRetryable = (code: ErrorCode): code is RetryableErrorCode => explain(code).retryable

export const isAnswer = (code: ErrorCode): code is AnswerErrorCode => explain(code).answers === true

export const isPassing = (code: ErrorCode): code is PassingErrorCode => explain(code).passes === true

export const isByAuthor = (code: ErrorCode): code is AuthorErrorCode => explain(code).byAuthor === true

export const isExcusable = (code: ErrorCode): code is ExcusableErrorCode => explain(code).excusable === true
