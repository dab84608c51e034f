import { StringDecoder } from 'node:string_decoder'
import { ByteCollector } from '../byte-collector.ts'
import type { OutputStream, Request } from '../types.ts'

const usualLimit = 16 * 1024 * 1024

/** Keeps one stream of a command's output up to a limit, and passes it on live. */
export class OutputKeeper {
  readonly #name: OutputStream
  readonly #tell: Request['onOutput']
  // decodes characters that are split across chunks
  readonly #decoder = new StringDecoder('utf8')
  readonly #kept: ByteCollector
  dropped = 0

  constructor(
    name: OutputStream,
    { maxOutput = usualLimit, onOutput }: Pick<Request, 'maxOutput' | 'onOutput'>,
  ) {
    this.#name = name
    this.#kept = new ByteCollector(maxOutput)
    this.#tell = onOutput
  }

  push(chunk: Buffer): void {
    this.dropped += chunk.length - this.#kept.push(chunk)
    if (this.#tell !== undefined) this.#say(this.#decoder.write(chunk))
  }

  end(): void {
    this.#say(this.#decoder.end())
  }

  bytes(): Buffer {
    return this.#kept.bytes()
  }

  #say(text: string): void {
    if (text !== '') this.#tell?.(this.#name, text)
  }
}
