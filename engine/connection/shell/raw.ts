import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { unlessAborted } from '../abort.ts'
import { CoxswainError, toCoxswainError } from '../../errors.ts'
import type { Input, Request, Result } from '../types.ts'
import { ShellSessionEnded } from './exchange.ts'
import { streamFrame } from './frame.ts'
import { ShellSession } from './shell-session.ts'
import type { ShellSessionStart } from './shell-session.ts'
import { farewell, noMore, piece, piecesOf } from './pieces.ts'

/**
 * Seconds that such a shell is given to end when it is told so: one that waits for its command to read on cannot hear
 * it, and is ended by its heartbeat when the channel is gone.
 */
const grace = 2

/**
 * Sends input as fast as the other side takes it, and not faster: memory stays flat.
 *
 * @param over aborted when nobody reads any more; whole pieces are sent even so.
 * @throws what the source throws.
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
    stdin.write(noMore)
  } finally {
    // a source that stalls would keep us waiting here, too
    void pieces.return(undefined).catch(() => {})
  }
}

/** A shell that `rawCommand` started, ready to take its script. */
export type RawShell = Omit<ShellSessionStart, 'greets' | 'grace'>

/** What came of a streamed request, and when its shell is gone. */
export interface Streamed {
  readonly result: Result
  /** Resolves when the shell has taken leave; the connection must not end before. */
  readonly gone: Promise<void>
}

/** Runs a script on a channel of its own, its input streamed in pieces: for what is too big for a frame. */
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
    throw new CoxswainError('connection-lost', `${what} in the middle of a transfer`, { cause: error })
  } finally {
    over.abort()
  }
}
