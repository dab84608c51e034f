import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { unlessAborted } from '../abort.ts'
import { CoxswainError, toCoxswainError } from '../../errors.ts'
import type { Input, Request, Result } from '../types.ts'
import { ShellSessionEnded } from './exchange.ts'
import { streamFrame } from './frame.ts'
import { ShellSession } from './shell-session.ts'
import type { ShellSessionStart } from './shell-session.ts'
import { farewell, endOfInput, piece, piecesOf } from './pieces.ts'

/**
 * Seconds for such a shell to end after it was asked to: a shell that waits for its command to read cannot react to
 * it, and is ended by its heartbeat when the channel is closed.
 */
const grace = 2

/**
 * Sends input only as fast as the host reads it, so that memory use is constant.
 *
 * @param over aborted when the reader has ended; only complete pieces are sent.
 * @throws errors of the source.
 */
const sendInput = async (stdin: Writable, input: Input, over: AbortSignal): Promise<void> => {
  const pieces = piecesOf(input)
  try {
    for (;;) {
      const { done, value } = await unlessAborted(pieces.next(), over)
      if (over.aborted) return
      if (done === true) break
      if (!stdin.write(value)) await once(stdin, 'drain', { signal: over }).catch(() => {})
    }
    stdin.write(endOfInput)
  } finally {
    // not awaited, as a source can stall
    void pieces.return(undefined).catch(() => {})
  }
}

/** A shell that `rawCommand` started, ready for its script. */
export type RawShell = Omit<ShellSessionStart, 'greets' | 'grace'>

/** The result of a streamed request, and the end of its shell. */
export interface Streamed {
  readonly result: Result
  /** Resolves when the shell has ended; the connection must stay open until then. */
  readonly gone: Promise<void>
}

/** Runs a script on its own channel, with input streamed in pieces, for input that is too large for a frame. */
export const executeRaw = async (shell: RawShell, request: Request): Promise<Streamed> => {
  const { script, stdin: input = '', timeout } = request
  const over = new AbortController()
  const session = new ShellSession({ ...shell, greets: false, grace })
  try {
    const result = await session.execute(request, (stdin, mark, fail) => {
      const limit = timeout === undefined ? undefined : timeout + 5
      const text = Buffer.from(session.greeting + streamFrame(mark, { script, timeout: limit }))
      stdin.write(piece(Buffer.from(`${text.toString('base64')}\n`)))
      sendInput(stdin, input, over.signal).catch((error: unknown) => {
        if (!over.signal.aborted) fail(toCoxswainError(error, 'read-failed'))
      })
    })
    over.abort()
    return { result, gone: session.close(farewell) }
  } catch (error) {
    session.stop()
    if (!(error instanceof ShellSessionEnded)) throw error
    const what = error.killed ? 'the shell on the host was killed' : 'the connection was lost'
    throw new CoxswainError('connection-lost', `${what} during a transfer`, { cause: error })
  } finally {
    over.abort()
  }
}
