/**
 * The text protocol over a long-lived `sh`. Pure.
 *
 * A frame is shell text that runs one script in a subshell, so that neither `exit` nor a syntax error can end the
 * shell that reads the frames, and then prints a mark on standard output (with the exit status) and on standard error.
 * The mark holds a random nonce that no command can know, so that output needs no escaping and may be any bytes.
 */

/** One word in single quotes, always: frames must not depend on what is inside. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Input longer than this many bytes goes over a channel of its own. */
export const longestFrameInput = 2 * 1024 * 1024

const feeding = (input: Buffer): string =>
  // printf is built into dash, bash and busybox ash: nothing of the input is ever in an argv
  input.includes(0) || !isUtf8(input)
    ? `printf %s ${quoted(input.toString('base64'))} | base64 -d | `
    : `printf %s ${quoted(input.toString('utf8'))} | `

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes)

/** Ends the whole process group after so many seconds, should the engine not do it. POSIX `timeout` does not exist. */
const alarm = (seconds: number): string =>
  `( trap 'kill $s; exit' TERM; sleep ${Math.ceil(seconds)} & s=$!; wait $s; kill -TERM 0 ) >/dev/null 2>&1 </dev/null & w=$!; `

/** What a mark on standard error says between the marks that end commands: the shell is there. */
export const heartbeat = '+'

/**
 * Ends the whole process group when the channel is gone: what is printed has nowhere to go then. A shell whose command
 * does not read its input cannot see the input end.
 */
const beating = (nonce: string): string =>
  `( trap '' PIPE; while sleep 1 >/dev/null 2>&1 && printf '%s${heartbeat};' ${nonce} >&2; do :; done; ` +
  `exec 2>/dev/null; trap '' TERM; kill -TERM 0; sleep 3; kill -KILL 0 ) </dev/null >/dev/null & h=$!; `

const marks = (nonce: string): string => `printf '%s%d;' ${nonce} $r; printf '%s;' ${nonce} >&2\n`

/** Shell text that runs one script on the shell's own input and marks its end, as {@link frame} does. */
export const streamFrame = (
  nonce: string,
  { script, timeout }: { script: string; timeout: number | undefined },
): string => {
  const [before, after] = timeout === undefined ? ['', ''] : [alarm(timeout), ' kill $w 2>/dev/null;']
  return `${beating(nonce)}${before}( eval ${quoted(script)} ); r=$?; kill $h 2>/dev/null;${after} ${marks(nonce)}`
}

/**
 * Shell text that runs a script and marks its end.
 *
 * @param timeout seconds after which the remote side ends the script by itself.
 */
export const frame = (
  nonce: string,
  { script, input, timeout }: { script: string; input: Buffer | undefined; timeout: number | undefined },
): string => {
  const body = `( eval ${quoted(script)} )`
  const fed = input === undefined || input.length === 0 ? `${body} </dev/null` : `${feeding(input)}${body}`
  const [before, after] = timeout === undefined ? ['', ''] : [alarm(timeout), ' kill $w 2>/dev/null;']
  return `${before}${fed}; r=$?;${after} ${marks(nonce)}`
}

/** What a stream holds: bytes of the command under way, or its end. */
export type Piece =
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly text: string }

/** Finds the marks in one stream, wherever chunks are cut. */
export class MarkScanner {
  readonly #nonce: Buffer
  #rest: Buffer = Buffer.alloc(0)

  constructor(nonce: string) {
    this.#nonce = Buffer.from(nonce)
  }

  /** The pieces that this chunk completes. What could be the beginning of a mark is kept for the next. */
  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = []
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (;;) {
      const at = bytes.indexOf(this.#nonce)
      const stop = at < 0 ? -1 : bytes.indexOf(';', at + this.#nonce.length)
      if (at < 0 || stop < 0) {
        const keep = at < 0 ? this.#openEnd(bytes) : bytes.length - at
        if (bytes.length > keep) pieces.push({ kind: 'data', bytes: bytes.subarray(0, bytes.length - keep) })
        this.#rest = bytes.subarray(bytes.length - keep)
        return pieces
      }
      if (at > 0) pieces.push({ kind: 'data', bytes: bytes.subarray(0, at) })
      pieces.push({ kind: 'end', text: bytes.toString('latin1', at + this.#nonce.length, stop) })
      bytes = bytes.subarray(stop + 1)
    }
  }

  /** How many of the last bytes could be the beginning of a mark. */
  #openEnd(bytes: Buffer): number {
    const longest = Math.min(this.#nonce.length - 1, bytes.length)
    for (let size = longest; size > 0; size -= 1) {
      if (bytes.subarray(bytes.length - size).equals(this.#nonce.subarray(0, size))) return size
    }
    return 0
  }
}
