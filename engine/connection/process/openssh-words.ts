/** What OpenSSH means by what it says before it gives up. Pure. */
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { droppedHint } from '../login-throttle.ts'
import type { Refusal } from '../login-throttle.ts'
import type { Place } from '../../errors.ts'
import type { ProgramEnd } from './process-transport.ts'

/** Lines of an ssh that says more than why it failed: banners, and what it says after the reason. */
const lines = (said: string): readonly string[] =>
  said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Where ssh found another key: `Offending ED25519 key in /root/.ssh/known_hosts:3`. */
const offending = (said: string): Place | undefined => {
  const [, file, line] = /^Offending .*key in (.+):(\d+)\s*$/m.exec(said) ?? []
  return file === undefined ? undefined : { file, line: Number(line) }
}

/** ssh's own exit status, whatever went wrong; any other is the remote command's. */
const failure = 255

const changed = /REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY|is marked as revoked/
const unknownKey = /Host key verification failed|No .* host key is known for/
const refused =
  /Permission denied|Too many authentication failures|No more authentication methods|Authentication failed/i

/** A server that has ended the connection, or a way to it that has. */
const dropped = /Connection (closed|reset) by|Connection reset|Broken pipe|banner line/
const away = /Connection refused|timed out|No route to host|Network is unreachable|: Timed out$/i

/** Whether trying again is of use. */
export const judgeOpenssh = (error: unknown): Refusal => {
  if (!isCoxswainError(error) || error.code !== 'connect-failed') return 'final'
  const said = error.output ?? error.message
  // one that ends without a word has not been refused: a refusal is told
  if (away.test(said) || said.trim() === '') return 'away'
  return dropped.test(said) ? 'busy' : 'final'
}

/** The error that OpenSSH's words stand for, with those words. */
export const explainOpenssh = (description: string, { code, said }: ProgramEnd): CoxswainError => {
  const output = said.trim()
  const all = lines(said)
  const last = all.at(-1) ?? `ssh ended with ${code ?? 'a signal'}`
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
        ? `${description} presents a key that is revoked`
        : `${description} presents another key than the one that is recorded${fingerprint === undefined ? '' : `: ${fingerprint}`}`,
      { output, place: offending(said) },
    )
  }
  if (unknownKey.test(said)) {
    const words = all.find((line) => unknownKey.test(line)) ?? last
    return new CoxswainError('host-key-unknown', `${description}: ${words}`, { output })
  }
  if (refused.test(said)) {
    const words = all.findLast((line) => refused.test(line)) ?? last
    return new CoxswainError('auth-failed', `${description} does not let us in: ${words}`, { output })
  }
  return new CoxswainError('connect-failed', `cannot connect to ${description}: ${last}`, {
    output,
    hint: dropped.test(said) ? droppedHint : undefined,
  })
}
