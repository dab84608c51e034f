/**
 * How a simulated host reads what the engine sends, in one place: the command line that starts a shell, and the lines that
 * the shell reads. It knows the engine's text by its shape, and refuses what it does not know.
 */
import { hello, sudoPrompt } from '../../../engine/connection/shell/words.ts'

/** A lock that a shell wants before it is ready. */
export interface WantedLock {
  readonly token: string
  /** Seconds before it says who has it. */
  readonly grace: number
}

const group = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1]

/** The lock that a shell is to take, from the command line that starts it. */
export const lockIn = (command: string): WantedLock | undefined => {
  const token = group(command, /case \$r in (\w+):\*\)/)
  if (token === undefined) return undefined
  return { token, grace: Number(group(command, /\$n -lt (\d+)/) ?? 0) / 10 }
}

/** The user that sudo is to become, in the command line that starts a shell. */
export const userIn = (command: string): string => group(command, / sh '(\w+)' '\/bin\/sh' '-c'/) ?? ''

/** What sudo takes. */
export const password = 'p4ss-of-the-simulation'

/** What some hosts print when somebody logs in; none of it is what a shell of ours says. */
export const noise = 'Welcome!\ncoxswain-shell-rea\nPassword: \n0123456789abcdef0;\r\n'

/** What sudo asks, and what it says of a wrong password. */
export const sudoTexts = { prompt: sudoPrompt, sorry: 'Sorry, try again.\n' }

/** What tells a shell from others, in the command line that starts it. */
export const markIn = (command: string): string | undefined => group(command, /: (coxswain:\w+);/)

/** A line that a shell runs; its marks have a nonce. */
export type Line =
  /** Asks to end what another shell has left behind. */
  | { readonly kind: 'end'; readonly nonce: string; readonly mark: string }
  | { readonly kind: 'greeting'; readonly nonce: string }
  | { readonly kind: 'farewell'; readonly nonce: string }
  | {
      readonly kind: 'frame'
      readonly nonce: string
      readonly script: string
      readonly timeout: number | undefined
    }

/** What is read at once: to the end of a mark, or of the farewell. */
export const wholeLine = /^[^]*?(?:>&2|; exit 0)\n/

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

/** What a shell says when it is ready. */
export const readyText = hello

/** What a shell says while another run has the lock. */
export const heldText = (now: number, token: string): string => {
  const seconds = Math.floor(now / 1000)
  return `coxswain-lock-is held ${seconds} ${token}:sim@controller:1:${seconds}:simulation;`
}

/** The marks that end what a line did, on its two streams. */
export const endTexts = (
  nonce: string,
  code: number | 'NaN',
): { readonly stdout: string; readonly stderr: string } => ({
  stdout: `${nonce}${code};`,
  stderr: `${nonce};`,
})
