import { readFileSync } from 'node:fs'
import { CoxswainError } from '../../errors.ts'

/**
 * Reads a pattern file (`@file`). The path is relative to the working directory.
 *
 * It is read synchronously, as patterns are matched in synchronous planning.
 *
 * @throws `load-failed` if it cannot be read.
 */
export const readPatternFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CoxswainError('load-failed', `cannot read the pattern file ${path}`, {
      cause,
      hint: 'it must contain hosts, groups or patterns, one per line',
    })
  }
}
