/**
 * Pieces of input that is sent over its own channel: each piece follows its length, and a zero follows the last one. So the
 * end of the input differs from the end of the connection, and a command never takes incomplete input for all of it. Pure,
 * except for reading the source.
 */
import { isSecret } from '../../secret.ts'
import type { Input } from '../types.ts'

/** Bytes of a piece: the host starts one `dd` per piece, which keeps it in memory. */
const longest = 1024 * 1024

/** The end of the input. */
export const endOfInput = '0\n'

/** Confirms that the command has ended and nothing must be stopped. The nonce marks the reply. */
export const farewell = (nonce: string): string => `bye ${nonce}\n`

/** Encodes a piece. */
export const piece = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes])

async function* chunksOf(input: Input): AsyncGenerator<Uint8Array> {
  if (isSecret(input)) yield Buffer.from(input.reveal())
  else if (typeof input === 'string' || input instanceof Uint8Array) yield Buffer.from(input)
  else yield* input
}

/** Splits input into pieces of the largest size, independent of the chunks of its source. */
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
