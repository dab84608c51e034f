/** Turns the messages of OpenSSH into errors. Pure. */
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { droppedHint } from '../login-throttle.ts'
import type { Refusal } from '../login-throttle.ts'
import type { Place } from '../../errors.ts'
import type { ProgramEnd } from './process-transport.ts'

/** The lines of its output: the reason of a failure, and banners and other lines around it. */
const lines = (said: string): readonly string[] =>
  said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** The place of another key: `Offending ED25519 key in /root/.ssh/known_hosts:3`. */
const offending = (said: string): Place | undefined => {
  const [, file, line] = /^Offending .*key in (.+):(\d+)\s*$/m.exec(said) ?? []
  return file === undefined ? undefined : { file, line: Number(line) }
}

/** The exit status of ssh for its own errors; any other is the status of the remote command. */
const failure = 255

const changed = /REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY|is marked as revoked/
const unknownKey = /Host key verification failed|No .* host key is known for/
const refused =
  /Permission denied|Too many authentication failures|No more authentication methods|Authentication failed/i

/** Messages about a connection that the server or a jump host has closed. */
const dropped = /Connection (closed|reset) by|Connection reset|Broken pipe|banner line/
const away = /Connection refused|timed out|No route to host|Network is unreachable|: Timed out$/i

/** Whether another attempt can succeed. */
export const judgeOpenssh = (error: unknown): Refusal => {
  if (!isCoxswainError(error) || error.code !== 'connect-failed') return 'final'
  const said = error.output ?? error.message
  // without a message it was not refused
  if (away.test(said) || said.trim() === '') return 'away'
  return dropped.test(said) ? 'busy' : 'final'
}

/** The error for the output of OpenSSH. */
export const explainOpenssh = (description: string, { code, said }: ProgramEnd): CoxswainError => {
  const output = said.trim()
  const all = lines(said)
  const last = all.at(-1) ?? `ssh exited with ${code ?? 'a signal'}`
  if (code !== undefined && code !== failure) {
    const words = output === '' ? '' : `: ${last}`
    return new CoxswainError(
      'shell-failed',
      `the login shell did not start /bin/sh (exit status ${code})${words}`,
      { output },
    )
  }
  if (changed.test(said)) {
    const [, fingerprint] = /^(SHA256:\S+?)\.?\s*$/m.exec(said) ?? []
    return new CoxswainError(
      'host-key-changed',
      /REVOKED HOST KEY|is marked as revoked/.test(said)
        ? `${description} presents a revoked key`
        : `${description} presents a key that differs from the recorded one${fingerprint === undefined ? '' : `: ${fingerprint}`}`,
      { output, place: offending(said) },
    )
  }
  if (unknownKey.test(said)) {
    const words = all.find((line) => unknownKey.test(line)) ?? last
    return new CoxswainError('host-key-unknown', `${description}: ${words}`, { output })
  }
  if (refused.test(said)) {
    const words = all.findLast((line) => refused.test(line)) ?? last
    return new CoxswainError('auth-failed', `${description} refuses the login: ${words}`, { output })
  }
  return new CoxswainError('connect-failed', `cannot connect to ${description}: ${last}`, {
    output,
    hint: dropped.test(said) ? droppedHint : undefined,
  })
}
