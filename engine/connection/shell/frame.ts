/**
 * The text protocol over a long-lived `sh`. Pure.
 *
 * A frame is shell text that runs one script in a subshell, so that neither `exit` nor a syntax error can end the
 * shell that reads the frames, and then prints a mark on standard output (with the exit status) and on standard error.
 * Each frame has its own mark: a random nonce that no command can know, so output needs no escaping and can be
 * any bytes. The nonce is only sent on the shell's standard input. It is never in an argument or the environment of a
 * process, which every user of the host can read; `printf` is built into the supported shells (see bootstrap.ts).
 * The text of the frame has the nonce in two parts, so that an echo of the text is not a mark.
 */

/** Quotes a word in single quotes, always: frames must not depend on its content. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Input longer than this many bytes is sent over its own channel. */
export const longestFrameInput = 2 * 1024 * 1024

/**
 * Prints input. It ignores SIGTERM, which stops the command: a command that continues after SIGTERM reads all of its input
 * or is killed, but never takes a part of it for all of it.
 */
const feeding = (input: Buffer): string =>
  // printf is built into dash, bash and busybox ash: nothing of the input is ever in an argv
  input.includes(0) || !isUtf8(input)
    ? `{ trap '' TERM; printf %s ${quoted(input.toString('base64'))} | base64 -d; } | `
    : `{ trap '' TERM; printf %s ${quoted(input.toString('utf8'))}; } | `

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes)

/** Ends the process group after this many seconds, if the engine does not. POSIX does not have `timeout`. */
const alarm = (seconds: number): string =>
  `( trap 'kill $s; exit' TERM; sleep ${Math.ceil(seconds)} & s=$!; wait $s; kill -TERM 0 ) >/dev/null 2>&1 </dev/null & w=$!; `

/** The text of a mark on standard error while a command runs: the shell is alive. */
export const heartbeat = '+'

/** A nonce as two words of `printf %s%s`: an echo of the text is not a mark. */
export const halves = (nonce: string): string => `${nonce.slice(0, 16)} ${nonce.slice(16)}`

/**
 * Ends the process group when the channel is closed and the heartbeat cannot be printed. A shell whose command
 * does not read its input cannot see the input end.
 */
const beating = (nonce: string): string =>
  `( trap '' PIPE; while sleep 1 >/dev/null 2>&1 && printf '%s%s${heartbeat};' ${halves(nonce)} >&2; do :; done; ` +
  `exec 2>/dev/null; trap '' TERM; kill -TERM 0; sleep 3; kill -KILL 0 ) </dev/null >/dev/null & h=$!; `

const marks = (nonce: string): string =>
  `printf '%s%s%d;' ${halves(nonce)} $r; printf '%s%s;' ${halves(nonce)} >&2\n`

/** Shell text that only marks both streams: output before it does not belong to a command. */
export const greetingFrame = (nonce: string): string => `r=0; ${marks(nonce)}`

/** Shell text that prints a mark and ends the shell. */
export const farewellFrame = (nonce: string): string => `printf '%s%s0;' ${halves(nonce)}; exit 0\n`

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
