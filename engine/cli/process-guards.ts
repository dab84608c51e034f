import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { authorsPlace, blamed } from '../authors-place.ts'
import { exitCodes } from '../error-codes.ts'
import type { CoxswainError } from '../errors.ts'
import { formatError } from '../report/format-error.ts'
import type { Redactor } from '../run/masking/redactor.ts'
import { reportError } from '../run/report-error.ts'
import type { Outlets } from './outlets.ts'

/** What keeps a process going when something fails that no run waits for. */
export interface ProcessGuards {
  /** The exit status, when all that went wrong was seen; it waits until all output is written, or could not be. */
  readonly exit: (status: number) => Promise<number>
}

/** What was thrown, with the place in its reader's files where that can be seen. */
const placed = (error: unknown): CoxswainError => {
  const known = blamed(error)
  return known.place === undefined ? known.at({ place: authorsPlace(known) }) : known
}

const tell = (error: unknown, redactor: Redactor, { err }: Outlets): void => {
  const reported = reportError(error, redactor)
  err(`${formatError(reported, { color: process.stderr.isTTY, verbosity: 0 })}\n`)
}

/**
 * Lets go of a terminal that is gone. When it ends, Node puts terminals back as they were, and where that fails it aborts:
 * the exit status is lost, and the memory, with secrets in it, may become a core file.
 */
const leaveDeadTerminal = (): void => {
  for (const [file, { isTTY }] of [process.stdin, process.stdout, process.stderr].entries())
    if (isTTY && !isatty(file)) closeSync(file)
}

/**
 * Lets a run go on to its end when its output cannot be written, when a promise fails that a task never awaited, or when
 * an author's timer throws: a process that dies of these leaves hosts half done. Whoever stops reading our output (`head`)
 * is none of our concern; anything else makes the exit status that of a failure.
 *
 * What our own code throws where nothing can catch it ends the process: what waits for it would wait for ever.
 */
export const guardProcess = (redactor: Redactor, outlets: Outlets): ProcessGuards => {
  let failed = false
  let ended = false
  const fail = (error: unknown): void => {
    failed = true
    tell(error, redactor, outlets)
    // a timer may outlive the run
    if (ended) process.exitCode ||= exitCodes.failed
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || failed) return
    failed = true
    outlets.err(`cannot write the output: ${error.message}\n`)
  })
  // whatever happens to our complaints, the run goes on
  process.stderr.on('error', () => {})
  process.on('exit', leaveDeadTerminal)
  process.on('unhandledRejection', (reason) => fail(placed(reason)))
  process.on('uncaughtException', (thrown) => {
    const error = placed(thrown)
    fail(error)
    // what waits to be written is written at the exit
    if (error.code !== 'author-error') process.exit(exitCodes.failed)
  })
  return {
    exit: async (status) => {
      // that the last of it could not be written is only known afterwards
      await outlets.flushed()
      ended = true
      return failed && status === exitCodes.ok ? exitCodes.failed : status
    },
  }
}
