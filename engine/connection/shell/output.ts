import { StringDecoder } from 'node:string_decoder'
import type { OutputStream, Request } from '../types.ts'

const usualLimit = 16 * 1024 * 1024

/** Keeps one stream of a command's output up to a limit, and tells it on live. */
export class OutputKeeper {
  readonly #name: OutputStream
  readonly #limit: number
  readonly #tell: Request['onOutput']
  // decodes a character that is cut over two chunks
  readonly #decoder = new StringDecoder('utf8')
  readonly #chunks: Buffer[] = []
  #size = 0
  dropped = 0

  constructor(
    name: OutputStream,
    { maxOutput = usualLimit, onOutput }: Pick<Request, 'maxOutput' | 'onOutput'>,
  ) {
    this.#name = name
    this.#limit = maxOutput
    this.#tell = onOutput
  }

  push(chunk: Buffer): void {
    const room = Math.max(0, this.#limit - this.#size)
    const kept = chunk.subarray(0, room)
    if (kept.length > 0) this.#chunks.push(kept)
    this.#size += kept.length
    this.dropped += chunk.length - kept.length
    this.#say(this.#decoder.write(chunk))
  }

  end(): void {
    this.#say(this.#decoder.end())
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  #say(text: string): void {
    if (text !== '') this.#tell?.(this.#name, text)
  }
}
