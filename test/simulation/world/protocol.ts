/**
 * How a simulated host reads what the engine sends, in one place: the command line that starts a shell, and the lines that
 * the shell reads. It knows the engine's text by its shape, and refuses what it does not know.
 */

/** A lock that a shell wants before it is ready. */
export interface WantedLock {
  readonly token: string
  /** Whether another shell of the connection holds it already. */
  readonly join: boolean
  /** Seconds before it says who has it. */
  readonly grace: number
}

export interface Start {
  readonly nonce: string
  readonly lock: WantedLock | undefined
}

const group = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1]

export const readStart = (command: string): Start => {
  const nonce = group(command, /printf "%s%s" (\w+) "ready;"/)
  if (nonce === undefined) throw new Error(`the simulated host does not know this start: ${command}`)
  const token = group(command, /coxswain-lock;.*\*:([0-9a-f]+):\*\)/)
  if (token === undefined) return { nonce, lock: undefined }
  const grace = Number(group(command, /\$n -lt (\d+)/) ?? 0) / 10
  return { nonce, lock: { token, join: command.includes('until s || '), grace } }
}

export type Line =
  | {
      readonly kind: 'frame'
      readonly nonce: string
      readonly script: string
      readonly timeout: number | undefined
    }
  | { readonly kind: 'farewell'; readonly nonce: string }

export const readLine = (line: string): Line => {
  const farewell = group(line, /^printf '%s0;' (\w+); exit 0$/)
  if (farewell !== undefined) return { kind: 'farewell', nonce: farewell }
  const script = group(line, /\( eval '((?:[^']|'\\'')*)' \)/)
  const nonce = group(line, /printf '%s%d;' (\w+) \$r/)
  if (script === undefined || nonce === undefined)
    throw new Error(`the simulated host does not know this line: ${line}`)
  const seconds = group(line, /sleep (\d+) & s=/)
  return {
    kind: 'frame',
    nonce,
    script: script.replaceAll(`'\\''`, `'`),
    timeout: seconds === undefined ? undefined : Number(seconds),
  }
}

/** What a shell says when it is ready, on both streams. */
export const readyText = (nonce: string): string => `${nonce}ready;`

/** What a shell says while another run has the lock. */
export const heldText = (nonce: string, now: number, token: string): string =>
  `${nonce}lock:${Math.floor(now / 1000)} coxswain-lock:0:${token}:sim@controller:1:${Math.floor(now / 1000)}:simulation;`

/** The ends of a command on its two streams. */
export const endTexts = (
  nonce: string,
  code: number,
): { readonly stdout: string; readonly stderr: string } => ({
  stdout: `${nonce}${code};`,
  stderr: `${nonce};`,
})
