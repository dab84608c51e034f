import { CoxswainError } from '../errors.ts'

/** Open files of this machine that a connection needs. */
export interface OpenFiles {
  readonly count: number
  /** Hosts with the same value share the files, such as hosts with the same jump host. */
  readonly shared?: string | undefined
}

/** The hint for too many open files (EMFILE of the process, ENFILE of the machine). */
export const openFilesHint =
  'this machine allows too few open files: raise the limit (`ulimit -n`), or give fewer --forks'

/** {@link openFilesHint} for a message or error code about open files. */
export const hintOnOpenFiles = (message: string): string | undefined =>
  /\bE[MN]FILE\b/.test(message) ? openFilesHint : undefined

/**
 * Throws if an error is about open files: what could not be read is there, so it must not be taken for missing.
 *
 * @param action what was not possible, such as `read /root/.ssh/id_rsa`.
 * @throws CoxswainError `connect-failed`
 */
export const throwIfTooManyOpen = (action: string, error: Error): void => {
  const hint = hintOnOpenFiles(error.message)
  if (hint !== undefined)
    throw new CoxswainError('connect-failed', `cannot ${action} (${error.message})`, { cause: error, hint })
}
