import { CoxswainError } from '../../../engine/index.ts'

/** The error of a file that is not a document of its kind. */
export const unreadable = (path: string, kind: string, why: string): CoxswainError =>
  new CoxswainError('task-failed', `${path} is no ${kind}: ${why}`, {
    hint: 'fix it by hand first; the file was not changed',
  })
