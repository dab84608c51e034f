/**
 * The pieces in which input goes over a channel of its own: each with its length before it, and after the last one a
 * zero. So the end of the input and the end of the connection are two things, and a command never takes what a broken
 * connection let through for all there is. Pure, but for reading the source.
 */
import { isSecret } from '../../secret.ts'
import type { Input } from '../types.ts'

/** Bytes of a piece: the host starts one `dd` for each, which holds it in memory. */
const longest = 1024 * 1024

/** Says that there is no more input. */
export const noMore = '0\n'

/** Says that we saw the command end: nothing is left to be stopped. The nonce marks the answer to it. */
export const farewell = (nonce: string): string => `bye ${nonce}\n`

/** A piece as it is written. */
export const piece = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes])

async function* chunksOf(input: Input): AsyncGenerator<Uint8Array> {
  if (isSecret(input)) yield Buffer.from(input.reveal())
  else if (typeof input === 'string' || input instanceof Uint8Array) yield Buffer.from(input)
  else yield* input
}

/** Input in pieces as long as may be, however its source cuts it. */
export async function* piecesOf(input: Input): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunksOf(input)) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + longest - size)
      held.push(part)
      at += part.length
      size += part.length
      if (size < longest) continue
      yield piece(Buffer.concat(held))
      held = []
      size = 0
    }
  }
  if (size > 0) yield piece(Buffer.concat(held))
}
