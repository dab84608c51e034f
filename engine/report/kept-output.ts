/** What is kept of the output of a task: its beginning and its end; what is between is counted. */
import type { TaskOutput } from '../run/events.ts'
import { plural } from './text.ts'
import { bytesText } from './transfer-text.ts'

/** How much is kept at either end. */
export interface OutputLimit {
  readonly lines: number
  /** Characters, newlines counted. */
  readonly size: number
}

/** What was left out. */
interface Dropped {
  readonly lines: number
  readonly bytes: number
}

/** Says in words what was left out of a task's output. */
const noticeOf = (event: TaskOutput, { lines, bytes }: Dropped): TaskOutput => ({
  ...event,
  stream: 'log',
  line: `… ${plural(lines, 'line')} of output (${bytesText(bytes)}) not kept here …`,
  dropped: { lines, bytes },
})

/** Keeps the output of one task. Its beginning is given on at once; its end when the task ends. */
export class KeptOutput {
  readonly #limit: OutputLimit
  #head: OutputLimit
  #tail: TaskOutput[] = []
  /** Where the tail begins: what stands before it was left out, and is removed now and then. */
  #from = 0
  #size = 0
  #lost: Dropped = { lines: 0, bytes: 0 }
  #last: TaskOutput | undefined

  constructor(limit: OutputLimit) {
    this.#limit = limit
    this.#head = limit
  }

  /** Takes a line. Gives it back when it belongs to the beginning. */
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

  /** What is left to give on when the task has ended: what was left out, in words, and the end of the output. */
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
    // one that already says what was left out stands for that
    const gone = event.dropped ?? { lines: 1, bytes: Buffer.byteLength(event.line) + 1 }
    this.#lost = { lines: lines + gone.lines, bytes: bytes + gone.bytes }
    if (event.dropped === undefined) this.#size -= event.line.length + 1
    if (this.#from > 1024 && this.#from * 2 > this.#tail.length) {
      this.#tail = this.#tail.slice(this.#from)
      this.#from = 0
    }
  }
}
