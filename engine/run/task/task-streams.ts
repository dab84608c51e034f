import type { TaskOutput } from '../events.ts'
import { MaskedLines } from '../masking/masked-lines.ts'
import type { Redactor } from '../masking/redactor.ts'

type Stream = TaskOutput['stream']

/** The output of a task, masked, line by line. A stream is made for its first text: most tasks print nothing. */
export class TaskStreams {
  readonly #redactor: Redactor
  readonly #tell: (stream: Stream, line: string) => void
  readonly #streams: Partial<Record<Stream, MaskedLines>> = {}

  constructor(redactor: Redactor, tell: (stream: Stream, line: string) => void) {
    this.#redactor = redactor
    this.#tell = tell
  }

  push(stream: Stream, text: string): void {
    this.#streams[stream] ??= new MaskedLines(this.#redactor, (line) => this.#tell(stream, line))
    this.#streams[stream].push(text)
  }

  /** Emits the incomplete lines of streams. */
  end(...streams: readonly Stream[]): void {
    for (const stream of streams) this.#streams[stream]?.end()
  }
}
