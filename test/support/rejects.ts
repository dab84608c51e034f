import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../engine/errors.ts'
import type { ErrorCode } from '../../engine/error-codes.ts'
import type { CoxswainError } from '../../engine/errors.ts'

/** Asserts that a function fails with a code and a message, and returns the error. */
export const rejects = async (
  work: () => unknown,
  code: ErrorCode,
  message: RegExp | string,
): Promise<CoxswainError> => {
  try {
    await work()
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    assert.is(error.code, code, `${error.code}: ${error.message}`)
    assert.match(error.message, message)
    return error
  }
  throw new Error(`nothing was thrown, but ${code} was expected: ${String(message)}`)
}
