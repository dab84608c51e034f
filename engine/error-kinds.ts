/** Which codes have something in common. Each set is made from a column of the table, as a type and as a test. */
import { exitCodes, explain } from './error-codes.ts'
import type { ErrorCode, ErrorRow, errorTable } from './error-codes.ts'

type Table = typeof errorTable

/** The codes whose row has these columns. */
type CodesWith<Columns extends Partial<ErrorRow>> = {
  [Code in ErrorCode]: Table[Code] extends Columns ? Code : never
}[ErrorCode]

/** Codes that are the user's to fix. */
export type UserErrorCode = CodesWith<{ readonly fault: 'user' }>
/** Codes with which a run ends when it could not reach a host. */
export type ConnectionErrorCode = CodesWith<{ readonly exit: typeof exitCodes.unreachable }>
/** Codes after which a task with `retry` is tried again. */
export type RetryableErrorCode = CodesWith<{ readonly retryable: true }>
/** Codes that are an answer of the host when a check selects one. */
export type AnswerErrorCode = CodesWith<{ readonly answers: true }>
/** Codes that may pass while a task waits. */
export type PassingErrorCode = CodesWith<{ readonly passes: true }>
/** Codes that under `--check` may come of a predicted change. */
export type ExcusableErrorCode = CodesWith<{ readonly excusable: true }>

export const isUserError = (code: ErrorCode): code is UserErrorCode => explain(code).fault === 'user'

export const isConnectionError = (code: ErrorCode): code is ConnectionErrorCode =>
  explain(code).exit === exitCodes.unreachable

export const isRetryable = (code: ErrorCode): code is RetryableErrorCode => explain(code).retryable

export const isAnswer = (code: ErrorCode): code is AnswerErrorCode => explain(code).answers === true

export const isPassing = (code: ErrorCode): code is PassingErrorCode => explain(code).passes === true

export const isExcusable = (code: ErrorCode): code is ExcusableErrorCode => explain(code).excusable === true
