import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { authorsPlace, blamed } from '../authors-place.ts'
import { exitCodes } from '../exit-codes.ts'
import type { CoxswainError } from '../errors.ts'
import { formatError } from '../report/format-error.ts'
import type { Redactor } from '../run/masking/redactor.ts'
import { reportError } from '../run/report-error.ts'
import type { Outlets } from './outlets.ts'
import { hookCalls } from './project/hook-calls.ts'
import { hookError } from './project/hook-error.ts'

/** Keeps the process running after a failure that no run awaits. */
export interface ProcessGuards {
  /** Waits until all output is written or has failed. Returns the exit status, which counts every failure. */
  readonly exit: (status: number) => Promise<number>
}

/** An error with its place in the author's files, if it is known. */
const placed = (error: unknown): CoxswainError => {
  const known = blamed(error)
  return known.place === undefined ? known.at({ place: authorsPlace(known) }) : known
}

const printError = (error: unknown, redactor: Redactor, { err }: Outlets): void => {
  const reported = reportError(error, redactor)
  err(`${formatError(reported, { color: process.stderr.isTTY, verbosity: 0 })}\n`)
}

/**
 * Closes a terminal that no longer exists. Node restores terminals when it ends, and aborts if that fails: then the exit
 * status is lost, and the memory, which has secrets, can be written to a core file.
 */
const closeDeadTerminal = (): void => {
  for (const [file, { isTTY }] of [process.stdin, process.stdout, process.stderr].entries())
    if (isTTY && !isatty(file)) closeSync(file)
}

/**
 * Lets a run continue to its end when its output cannot be written, when a promise that a task did not await is rejected,
 * or when an author's timer throws: ending the process would leave hosts half configured. Each of these makes the exit
 * status a failure, except a reader of the output that has closed its pipe, such as `head`, and what a hook started.
 *
 * An uncaught error of the engine itself ends the process: code that awaits its result would never continue.
 */
export const guardProcess = (redactor: Redactor, outlets: Outlets): ProcessGuards => {
  let failed = false
  const fail = (error: unknown): void => {
    failed = true
    printError(error, redactor, outlets)
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || failed) return
    failed = true
    outlets.err(`cannot write to standard output: ${error.message}\n`)
  })
  // the run continues even if errors cannot be printed
  process.stderr.on('error', () => {})
  process.on('exit', closeDeadTerminal)
  /** Reports what code that a hook started has thrown; the exit status stays. Returns whether a hook has started it. */
  const isOfHook = (thrown: unknown): boolean => {
    const type = hookCalls.getStore()
    if (type !== undefined) printError(hookError(type, thrown), redactor, outlets)
    return type !== undefined
  }
  process.on('unhandledRejection', (reason) => {
    if (!isOfHook(reason)) fail(placed(reason))
  })
  process.on('uncaughtException', (thrown) => {
    if (isOfHook(thrown)) return
    const error = placed(thrown)
    fail(error)
    // pending output is written at exit
    if (error.code !== 'author-error') process.exit(exitCodes.failed)
  })
  return {
    exit: async (status) => {
      // whether the last output could be written is only known after this
      await outlets.flushed()
      return failed && status === exitCodes.ok ? exitCodes.failed : status
    },
  }
}
