import { CoxswainError } from '../../../engine/index.ts'

/** The error for a file that is not a valid document of its kind. */
export const unreadable = (path: string, kind: string, why: string): CoxswainError =>
  new CoxswainError('task-failed', `${path} is not valid ${kind}: ${why}`, {
    hint: 'fix it by hand first; the file was not changed',
  })
