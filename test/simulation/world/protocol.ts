/**
 * How a simulated host reads what the engine sends: the command line that starts a shell, and the lines that the shell
 * reads. Everything it knows about the engine's text is in this file, and it refuses anything else.
 */
import { hello, sudoPrompt } from '../../../engine/connection/shell/words.ts'

/** A lock that a shell must take before it is ready. */
export interface WantedLock {
  readonly token: string
  /** Seconds until it reports the holder. */
  readonly grace: number
}

const group = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1]

/** The lock that a shell must take, from the command line that starts it. */
export const lockIn = (command: string): WantedLock | undefined => {
  const token = group(command, /case \$r in (\w+):\*\)/)
  if (token === undefined) return undefined
  return { token, grace: Number(group(command, /\$n -lt (\d+)/) ?? 0) / 10 }
}

/** The user that sudo must become, from the command line that starts a shell. */
export const userIn = (command: string): string => group(command, / sh '(\w+)' '\/bin\/sh' '-c'/) ?? ''

/** The password that sudo accepts. */
export const password = 'p4ss-of-the-simulation'

/** Text that some hosts print at login; our shell never prints it. */
export const noise = 'Welcome!\ncoxswain-shell-rea\nPassword: \n0123456789abcdef0;\r\n'

/** The prompt of sudo, and its message for a wrong password. */
export const sudoTexts = { prompt: sudoPrompt, sorry: 'Sorry, try again.\n' }

/** The identity of a shell, from the command line that starts it. */
export const markIn = (command: string): string | undefined => group(command, /: (coxswain:\w+);/)

/** A line that a shell runs; its markers contain a nonce. */
export type Line =
  /** A request to end what another shell has left running. */
  | { readonly kind: 'end'; readonly nonce: string; readonly mark: string }
  | { readonly kind: 'greeting'; readonly nonce: string }
  | { readonly kind: 'farewell'; readonly nonce: string }
  | {
      readonly kind: 'frame'
      readonly nonce: string
      readonly script: string
      readonly timeout: number | undefined
    }

/** Text that is read as one unit: to the end of a marker, or of the final line. */
export const completeLine = /^[^]*?(?:>&2|; exit 0)\n/

export const readLine = (line: string): Line => {
  const [, status, one, other] = /printf '%s%s(0|%d);' (\w+) (\w+)/.exec(line) ?? []
  if (one === undefined || other === undefined)
    throw new Error(`the simulated host does not know this line: ${line}`)
  const nonce = one + other
  if (status === '0') return { kind: 'farewell', nonce }
  const script = group(line, /\( eval '((?:[^']|'\\'')*)' \)/)
  if (script === undefined) return { kind: 'greeting', nonce }
  const mark = group(script, /(coxswain:\w+)/)
  if (mark !== undefined) return { kind: 'end', nonce, mark }
  const seconds = group(line, /sleep (\d+) & s=/)
  return {
    kind: 'frame',
    nonce,
    script: script.replaceAll(`'\\''`, `'`),
    timeout: seconds === undefined ? undefined : Number(seconds),
  }
}

/** The output of a shell when it is ready. */
export const readyText = hello

/** The output of a shell while another run has the lock. */
export const heldText = (now: number, token: string): string => {
  const seconds = Math.floor(now / 1000)
  return `coxswain-lock-is held ${seconds} ${token}:sim@controller:1:${seconds}:simulation;`
}

/** The markers that end the output of a line, on its two streams. */
export const endTexts = (
  nonce: string,
  code: number | 'NaN',
): { readonly stdout: string; readonly stderr: string } => ({
  stdout: `${nonce}${code};`,
  stderr: `${nonce};`,
})
