/** Keeps the beginning and the end of a task's output, and counts what is between. */
import type { TaskOutput } from '../run/events.ts'
import { plural } from './text.ts'
import { bytesText } from './transfer-text.ts'

/** Limit for the beginning, and again for the end. */
export interface OutputLimit {
  readonly lines: number
  /** Characters, including newlines. */
  readonly size: number
}

/** What was omitted. */
interface Dropped {
  readonly lines: number
  readonly bytes: number
}

/** The line that replaces the omitted output. */
const noticeOf = (event: TaskOutput, { lines, bytes }: Dropped): TaskOutput => ({
  ...event,
  stream: 'log',
  line: `… ${plural(lines, 'line')} of output (${bytesText(bytes)}) omitted …`,
  dropped: { lines, bytes },
})

/** Keeps the output of one task. Returns its beginning at once, and its end when the task ends. */
export class KeptOutput {
  readonly #limit: OutputLimit
  #head: OutputLimit
  #tail: TaskOutput[] = []
  /** Where the tail begins: earlier entries were omitted, and are removed from time to time. */
  #from = 0
  #size = 0
  #lost: Dropped = { lines: 0, bytes: 0 }
  #last: TaskOutput | undefined

  constructor(limit: OutputLimit) {
    this.#limit = limit
    this.#head = limit
  }

  /** Adds a line. Returns it if it belongs to the beginning. */
  push(event: TaskOutput): TaskOutput | undefined {
    const size = event.dropped === undefined ? event.line.length + 1 : 0
    const { lines, size: left } = this.#head
    if (lines > 0 && left >= size && this.#tail.length === 0) {
      this.#head = { lines: lines - 1, size: left - size }
      return event
    }
    this.#last = event
    this.#tail.push(event)
    this.#size += size
    while (this.#tail.length - this.#from > this.#limit.lines || this.#size > this.#limit.size) this.#shift()
    return undefined
  }

  /** The rest, when the task has ended: a note of what was omitted, and the end of the output. */
  end(): TaskOutput[] {
    const tail = this.#tail.slice(this.#from)
    const { lines } = this.#lost
    return lines === 0 || this.#last === undefined ? tail : [noticeOf(this.#last, this.#lost), ...tail]
  }

  #shift(): void {
    const event = this.#tail[this.#from]
    if (event === undefined) return
    this.#from += 1
    const { lines, bytes } = this.#lost
    // a line can itself be a note of omitted output
    const gone = event.dropped ?? { lines: 1, bytes: Buffer.byteLength(event.line) + 1 }
    this.#lost = { lines: lines + gone.lines, bytes: bytes + gone.bytes }
    if (event.dropped === undefined) this.#size -= event.line.length + 1
    if (this.#from > 1024 && this.#from * 2 > this.#tail.length) {
      this.#tail = this.#tail.slice(this.#from)
      this.#from = 0
    }
  }
}
