import { isSecret } from '../secret.ts'
import type { Input } from './types.ts'

/** Reads all bytes of a command's input. */
export const inputBytes = async (input: Input | undefined): Promise<Buffer> => {
  if (input === undefined) return Buffer.alloc(0)
  if (isSecret(input)) return Buffer.from(input.reveal())
  if (typeof input === 'string' || input instanceof Uint8Array) return Buffer.from(input)
  const chunks: Uint8Array[] = []
  for await (const chunk of input) chunks.push(chunk)
  return Buffer.concat(chunks)
}
