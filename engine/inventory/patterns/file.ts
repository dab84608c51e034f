import { readFileSync } from 'node:fs'
import { CoxswainError } from '../../errors.ts'

/**
 * The text of a file of patterns, which `@file` names. The path starts where `run` was called.
 *
 * It is read at once, not later: patterns are matched while plays are planned, which does not wait.
 *
 * @throws `load-failed` when it cannot be read.
 */
export const readPatternFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CoxswainError('load-failed', `cannot read the file of hosts ${path}`, {
      cause,
      hint: 'it shall name hosts, groups or patterns, one a line',
    })
  }
}
