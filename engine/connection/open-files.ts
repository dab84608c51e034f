/** Files of this machine that the connection to a host keeps open. */
export interface OpenFiles {
  readonly count: number
  /** Hosts with the same word here share them, as those behind one jump host do. */
  readonly shared?: string | undefined
}

/** What to do when this machine lets the engine open no more files (EMFILE of the process, ENFILE of the machine). */
export const openFilesHint =
  'this machine allows too few open files: raise the limit (`ulimit -n`), or give fewer --forks'

/** {@link openFilesHint} where that is what a message or error code tells of. */
export const hintOnOpenFiles = (message: string): string | undefined =>
  /\bE[MN]FILE\b/.test(message) ? openFilesHint : undefined
